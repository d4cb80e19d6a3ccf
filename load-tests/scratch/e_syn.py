import sys, io, time; sys.path.insert(0,'/tmp'); sys.path.insert(0,'tests')
from e_try import *
from invoices import make_invoice
from services.answers.tables.answers import read_tables
from decimal import Decimal
from pypdf import PdfReader
from e_eval import rows_of, ev, DEV
def judge(inv, a):
    got=[(r['description'].value if 'description' in r else None, r['quantity'].value_numeric if 'quantity' in r else None, r['unit_price'].value_numeric if 'unit_price' in r else None, r['line_total'].value_numeric) for r in rows_of(a.fields)]
    want=[(' '.join(i.description.split()),i.quantity,i.unit_price,i.line_total) for i in inv.items]
    num=[x[1:] for x in got]==[x[1:] for x in want]
    return num, got==want, got, want
if __name__=='__main__':
    a,b=int(sys.argv[1]),int(sys.argv[2]); verbose='-v' in sys.argv
    full=numok=flag=silent=desc=flagok=0
    for s in range(a,b):
        inv=make_invoice(s); pages,lays=loadb(inv.content)
        tot={} if '-n' in sys.argv else {'net_total':inv.net_total,'gross_total':inv.gross_total}
        ans=read_tables([T],pages,lays,'de-CH' if inv.style.swiss else inv.language,tot)
        num,allok,got,want=judge(inv,ans)
        full+=allok; numok+=num; flag+=bool(ans.reasons); silent+= (not num and not ans.reasons); desc+= (num and not allok); flagok+=num and bool(ans.reasons)
        if not allok and verbose or (num and ans.reasons and verbose):
            print('seed',s,inv.style.language,inv.style.columns,'rows',len(want),'got',len(got),'num',num,ans.reasons, {k:v for k,v in inv.style.__dict__.items() if k in ('most_lines','middle','breaks_rows','repeats_head','by_words','stacked','padding','right','labels_right','carries','subtotal_every','font','size')})
            k=0
            for g,w in zip(got,want):
                if g!=w: print('   got',g,'\n   want',w); k+=1
                if k>1: break
    print(f'{b-a} docs: all right {full}, figures right {numok}, flagged {flag} (of them right {flagok}), silent wrong figures {silent}, wrong descriptions {desc}')
