"""Simulated model errors on the development invoices: how often code repairs, and how often wrongly."""
import json, itertools, random, collections, sys
from decimal import Decimal as D
from pypdf import PdfReader
from schemas.document_types import Kind, load_document_types
from schemas.events import FieldAnswer
from services.answers.candidates import *
from services.answers.repair import repair, answer_of
from services.answers.rules import *
inv=load_document_types()['invoice']
t=json.load(open('../shared/data/zugferd/truth.json'))
DEF={f.name:f for f in inv.fields}
T=('net_total','tax_total','gross_total'); DT=('issue_date','due_date')
stat=collections.Counter(); wrong=[]
for k,v in t.items():
    pages=[p.extract_text() for p in PdfReader('../shared/data/zugferd/'+k).pages]
    c=Candidates(pages,'fr' if 'Fact' in k else 'de')
    def at(name,value):
        for x in c.of(DEF[name].kind):
            if (x.value.numeric==D(str(value)) if DEF[name].kind is Kind.MONEY else x.value.text==value): return answer_of(DEF[name],x)
    base={n:at(n,v[n]) for n in T+DT if v[n] is not None}
    assert all(base.values()),k
    truth={n:a.value for n,a in base.items()}
    def trial(label, changed):
        fields=[a for a in changed.values() if a]
        before={a.path:a.value for a in fields}
        r=repair(inv,fields,c); got={f.path:f.value for f in r.fields}
        same=lambda a,b: a==b or (a and b and a[0] in '-0123456789' and '-' not in a[1:] and D(a)==D(b))
        bad=[n for n in set(got)|set(truth) if not same(got.get(n),truth.get(n))]
        broken=broken_rules(inv,values_of(r.fields))
        if not any(not same(before.get(n),truth.get(n)) for n in set(before)|set(truth)): o='untouched right' if not bad else 'BROKE'
        elif not bad: o='repaired'
        elif r.changes: o='WRONG flagged' if broken else ('WRONG SILENT' if any(not same(got[n],truth.get(n)) for n in r.changes) else 'partly')
        elif broken: o='flagged'
        else: o='unnoticed'
        stat[label,o]+=1
        if 'WRONG' in o or o=='BROKE': wrong.append((k,label,{n:before.get(n) for n in T+DT},{n:c_.verbatim for n,c_ in r.changes.items()},truth))
    trial('nothing wrong',base)
    for n in T:
        trial('drop one',{**base,n:None})
    for a,b in itertools.combinations(T,2):
        if base[a].value_numeric!=base[b].value_numeric:
            trial('swap two',{**base,a:base[b].model_copy(update={'path':a}),b:base[a].model_copy(update={'path':b})})
    for a,b in itertools.permutations(T,2):
        if base[a].value_numeric!=base[b].value_numeric:
            trial('copy of another total',{**base,a:base[b].model_copy(update={'path':a})})
    others={x.value.numeric:x for x in c.of(Kind.MONEY)}
    for n in T:
        for val,x in others.items():
            if val!=base[n].value_numeric: trial('one random amount',{**base,n:answer_of(DEF[n],x)})
    rnd=random.Random(7)
    for n,m in itertools.combinations(T,2):
        for _ in range(30):
            x,y=rnd.choice(list(others.values())),rnd.choice(list(others.values()))
            trial('two random amounts',{**base,n:answer_of(DEF[n],x),m:answer_of(DEF[m],y)})
    for _ in range(30):
        trial('three random amounts',{**base,**{n:answer_of(DEF[n],rnd.choice(list(others.values()))) for n in T}})
    dates={x.value.text:x for x in c.of(Kind.DATE)}
    for n in DT:
        for val,x in dates.items():
            if n in base and val!=base[n].value: trial('one random date '+n,{**base,n:answer_of(DEF[n],x)})
for l in dict.fromkeys(a for a,_ in stat): print(l.ljust(28),{o:n for (a,o),n in stat.items() if a==l})
for w in wrong[:int(sys.argv[1]) if len(sys.argv)>1 else 6]: print(w)
