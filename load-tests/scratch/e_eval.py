import sys, json; sys.path.insert(0,'/tmp')
from e_try import *
from decimal import Decimal
from rapidfuzz import fuzz
from services.answers.tables.answers import read_tables
Z='../shared/data/zugferd/'
truth=json.load(open(Z+'truth.json'))
DEV={'EN16931_1_Teilrechnung','EN16931_Elektron','EN16931_Rabatte','EN16931_Physiotherapeut','EN16931_Haftpflichtversicherung_Versicherungssteuer','MustangGnuaccountingBeispielRE-20140519_499','EN16931_Reisekostenabrechnung'}
def rows_of(fields):
    rows={}
    for f in fields:
        i,_,c=f.path[len('line_items['):].partition('].'); rows.setdefault(int(i),{})[c]=f
    return [rows[i] for i in sorted(rows)]
def match(r,t):
    d=r.get('description'); q=r.get('quantity'); l=r.get('line_total')
    if l is None or l.value_numeric is None or abs(float(l.value_numeric)-t['line_total'])>0.005: return False
    if t['quantity'] is not None and (q is None or q.value_numeric is None or abs(float(q.value_numeric)-t['quantity'])>1e-6): return False
    if d is None: return False
    a=' '.join(d.value.split()).lower(); b=' '.join((t['description'] or '').split()).lower()
    return fuzz.ratio(a,b)>=80 or fuzz.token_set_ratio(a,b)>=90
def ev(names, show=False, totals=True):
    hit=tr=fo=fl=0; silent=0
    for n in names:
        t=truth[n+'.pdf']; pages,lays=load(Z+n+'.pdf')
        tot={k:Decimal(str(t[k])) for k in ('net_total','gross_total','tax_total') if t[k] is not None} if totals else {}
        a=read_tables([T],pages,lays,'fr' if 'Facture' in n else 'de',tot)
        rows=rows_of(a.fields); left=list(t['line_items']); h=0; wrong=[]
        for r in rows:
            m=next((x for x in left if match(r,x)),None)
            if m is not None: left.remove(m); h+=1
            else: wrong.append(r)
        hit+=h; tr+=len(t['line_items']); fo+=len(rows); fl+=bool(a.reasons)
        bad=bool(left or wrong)
        silent+=bad and not a.reasons
        if show: print(n[:40],h,len(t['line_items']),len(rows),'FLAG' if a.reasons else '', 'WRONG' if bad else '', list(a.reasons))
        if show and bad and show!='quiet': 
            for x in left: print('   lost',x)
            for r in wrong: print('   extra',{k:f.verbatim for k,f in r.items()})
        for r in rows:
            for f in r.values():
                if f.page and f.kind!='text': assert pages[f.page-1][f.char_start:f.char_end].split()==f.verbatim.split(),(f,pages[f.page-1][f.char_start:f.char_end])
    print(f'recall {hit}/{tr} precision {hit}/{fo} flagged {fl}/{len(names)} silently wrong {silent}')
if __name__=='__main__':
    names=[n[:-4] for n in truth]
    ev([n for n in names if n in DEV],show=True); ev([n for n in names if n in DEV],totals=False,show=True)
    if 'held' in sys.argv: ev([n for n in names if n not in DEV],show='quiet')
    if 'heldshow' in sys.argv: ev([n for n in names if n not in DEV],show=True)
