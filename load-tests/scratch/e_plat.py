"""Held-out layouts: another generator (platypus)."""
import random,io,sys
from decimal import Decimal,ROUND_HALF_UP
from reportlab.platypus import SimpleDocTemplate,Table,TableStyle,Paragraph,Spacer
from reportlab.lib.styles import getSampleStyleSheet,ParagraphStyle
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4,landscape
def fmt(v,lang,d=2):
    g,p={'de':('.',','),'en':(',','.'),'ch':("’",'.')}[lang]
    return f"{v:,.{d}f}".replace(',','X').replace('.',p).replace('X',g)
H={'de':[['Pos','Artikelbezeichnung','Menge','ME','Einzelpreis EUR','Rabatt','Gesamtpreis EUR'],['#','Leistung','Anzahl','Einh.','Preis/Einheit','Nachlass','Netto-Betrag']],
'en':[['Item','Service description','Qty','Unit','Rate (USD)','Disc.','Amount (USD)'],['Line','Item description','Hours','','Unit Price','Discount','Line Total']],
'ch':[['Pos.','Bezeichnung','Menge','Einheit','Preis in CHF','Rabatt %','Total CHF'],['Nr','Artikel','Anzahl','ME','Einzelpreis','Rabatt','Betrag CHF']]}
T={'de':('Summe netto','MwSt 19%','Rechnungsbetrag'),'en':('Subtotal','Tax','Total due'),'ch':('Total exkl. MWST','MWST 8.1%','Total inkl. MWST')}
W="alpha beta gamma Montageset Komplettpaket Beratung Analyse Server Lizenz Support Stahl Rohr Bogen DN50 Mutter verstärkt inklusive laut Angebot".split()
def make(seed):
    r=random.Random(seed); lang=r.choice(['de','en','ch']); h=r.choice(H[lang]); n=r.choice([1,3,8,25,70,150])
    ss=getSampleStyleSheet(); fs=r.choice([7,8,9]); font=r.choice(['Helvetica','Times-Roman'])
    ps=ParagraphStyle('x',fontName=font,fontSize=fs,leading=fs*1.2); small=f'<font size="{fs-1.5}">%s</font>'
    cols=[0,1,2,3,4,5,6]
    if r.random()<.4: cols.remove(5)
    if r.random()<.4: cols.remove(3)
    if r.random()<.4: cols.remove(0)
    if r.random()<.2: cols.remove(4)
    if r.random()<.25: cols.remove(1); cols.insert(0,1)
    para=r.random()<.8; detail=r.random()<.3; sect=r.random()<.25; val=r.choice(['TOP','TOP','MIDDLE','BOTTOM'])
    data=[[h[c] for c in cols]]; items=[]; style=[('FONT',(0,0),(-1,-1),font,fs),('VALIGN',(0,0),(-1,-1),val)]
    if r.random()<.5: style.append(('GRID',(0,0),(-1,-1),.3,colors.grey))
    if r.random()<.5: style.append(('FONT',(0,0),(-1,0),font+('-Bold' if font=='Helvetica' else ''),fs))
    for c in (2,4,5,6):
        if c in cols: style.append(('ALIGN',(cols.index(c),r.choice([0,1])),(cols.index(c),-1),r.choice(['RIGHT','RIGHT','CENTER']) if c!=6 else 'RIGHT'))
    for i in range(1,n+1):
        if sect and i%9==1:
            row=['']*len(cols); row[cols.index(1)]=f'Abschnitt {chr(65+i//9)}'; data.append(row)
        d=' '.join(r.choice(W) for _ in range(r.randint(1,9))); q=Decimal(r.randint(1,50)); p=Decimal(r.randint(50,200000))/100
        disc=r.choice([0,0,0,5,10]) if 5 in cols else 0
        t=(q*p*(100-disc)/100).quantize(Decimal('.01'),ROUND_HALF_UP)
        if r.random()<.04: q,t=Decimal(1),-p; p=-p; disc=0
        items.append((d,q,p if 4 in cols else None,t))
        cell=Paragraph(d+('<br/>'+small%f'Art. {r.randint(10000,99999)}' if detail else ''),ps) if para else d[:30]
        if not para: items[-1]=(d[:30].strip(),)+items[-1][1:]
        vals=[str(i),cell,fmt(q,lang,r.choice([0,0,2]) if False else 0),r.choice(['Stk','h','m']),fmt(p,lang),(f'{disc}%' if disc else ''),fmt(t,lang)]
        data.append([vals[c] for c in cols])
    net=sum(x[3] for x in items); tax=(net*Decimal('.19')).quantize(Decimal('.01')); 
    wid={0:28,2:45,3:35,4:75,5:45,6:85}; ps_=landscape(A4) if r.random()<.15 else A4
    rest=ps_[0]-80-sum(wid[c] for c in cols if c!=1)
    t=Table(data,colWidths=[wid.get(c,rest) for c in cols],repeatRows=1 if r.random()<.8 else 0,splitInRow=1 if r.random()<.2 else 0,style=TableStyle(style))
    if r.random()<.6:
        tot=Table([[a,fmt(b,lang)] for a,b in zip(T[lang],(net,tax,net+tax))],colWidths=[120,85],hAlign='RIGHT',style=[('ALIGN',(1,0),(1,-1),'RIGHT'),('FONT',(0,0),(-1,-1),font,fs)])
    else: tot=Table([[a,'EUR',fmt(b,lang)] for a,b in zip(T[lang],(net,tax,net+tax))],colWidths=[rest,40,85],hAlign='RIGHT',style=[('ALIGN',(-1,0),(-1,-1),'RIGHT')])
    b=io.BytesIO()
    def deco(c,doc): c.setFont('Helvetica',7); c.drawString(40,20,f'Musterfirma · HRB 12345 · Seite {doc.page}'); c.drawRightString(550,20,'IBAN DE00 1234')
    SimpleDocTemplate(b,pagesize=ps_,leftMargin=40,rightMargin=40).build([Paragraph('Rechnung 4711 vom 01.02.2024',ss['Title']),Paragraph('Wir berechnen Ihnen wie folgt:',ps),Spacer(1,8),t,Spacer(1,r.choice([2,12])),tot,Paragraph('Zahlbar innerhalb von 14 Tagen. Total 2 % Skonto.',ps)],onFirstPage=deco,onLaterPages=deco)
    return b.getvalue(),items,net,net+tax,lang,dict(cols=cols,para=para,detail=detail,sect=sect,val=val,n=n)
if __name__=='__main__':
    sys.path.insert(0,'/tmp'); sys.path.insert(0,'tests')
    import e_try; TT=e_try.T; TL=T; from e_syn import *; T=TL
    full=numok=flag=silent=desc=flagok=rh=rt=rf=0
    a,b=int(sys.argv[1]),int(sys.argv[2])
    for s in range(a,b):
        c,items,net,gross,lang,opt=make(s); pages,lays=loadb(c)
        ans=read_tables([TT],pages,lays,{'ch':'de-CH'}.get(lang,lang),{} if '-n' in sys.argv else {'net_total':net,'gross_total':gross})
        got=[(r['description'].value if 'description' in r else None, r['quantity'].value_numeric if 'quantity' in r else None, r['unit_price'].value_numeric if 'unit_price' in r else None, r['line_total'].value_numeric) for r in rows_of(ans.fields)]
        num=[x[1:] for x in got]==[x[1:] for x in items]
        ok=num and [x[0] for x in got]==[x[0] for x in items]
        left=[x[1:] for x in items]
        for g in got:
            if g[1:] in left: left.remove(g[1:]); rh+=1
        rt+=len(items); rf+=len(got)
        full+=ok; numok+=num; flag+=bool(ans.reasons); silent+=(not num and not ans.reasons); desc+=num and not ok and not ans.reasons; flagok+=num and bool(ans.reasons)
        if '-v' in sys.argv and (not ok or ans.reasons):
            print('seed',s,lang,opt,'got',len(got),'num',num,ans.reasons)
            k=0
            for g,w in zip(got,items):
                if g!=w: print('   got',g,'\n   want',w); k+=1
                if k>1: break
    print(f'{b-a} docs: all right {full}, figures right {numok}, flagged {flag} (right {flagok}), silent wrong figures {silent}, silent wrong descriptions {desc}; rows recall {rh/rt:.4f} precision {rh/max(rf,1):.4f} of {rt}')
