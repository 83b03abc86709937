"""Abbreviations of many languages, by what tells whether a sentence ends in one of them.

Written without their blanks and without the last full stop: `z.b` is "z. B.". Those that are
words as well ("no", "art", "ok") only count where something else tells.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES: Final = _words(
    "Dr Mr Mrs Ms Prof St Mt Ft Gen Col Sgt Lt Capt Cmdr Adm Maj Gov Sen Rep Pres Rev Hon Fr"
    " Messrs Mme"
)
"""Those of English, also in capitals: no sentence ends in one."""
OTHER_TITLES: Final = _words(
    "Mlle MM Mgr Ste Hr Hrn Frl Dipl Drs Ir Sr Sra Srta Srs Sras Dra Dres Ud Uds Vd Vds Excmo Exmo"
    " Exma Ilmo Sig Sigg Dott Avv Geom Dhr Mevr Mw Mej Inż Ks Dr-Ing Doç Yrd MUDr JUDr RNDr PhDr"
    " ThS PGS Δρ Гр Проф Акад Чл"
)
"""Those of other languages, as they are written before a name."""

NEVER_LAST: Final = _words(
    "e.g i.e eg ie cf viz v vs resp approx ca incl"
    # German
    " bzw z.b d.h u.a i.d.r v.a o.ä s.o s.u vgl sog evtl ggf insb inkl exkl zzgl bspw einschl bes"
    " zw i.v.m i.s.d i.s.v m.w.v m.e a.a.o bzgl abzgl gegr geb verh ehem"
    # French, Spanish, Portuguese, Italian, Romanian
    " p.ex c.-à-d càd éd p.ej núm núms gral aprox p.e ss.mm"
    " séc pág págs depto prov lic arq n.º n.ª p.es cfr ad.es gent sig sigg dott prof dr avv"
    " de.ex"
    # Dutch, Swedish, Danish, Norwegian
    " bijv bv d.w.z o.a m.b.t t.o.v i.v.m i.p.v t.a.v m.n z.g zgn vlg"
    " t.ex bl.a d.v.s s.k f.d p.g.a f.eks pga m.h.t"
    # Polish, Czech, Slovak, Hungarian, Finnish, Croatian
    " tzn tj tzw m.in zob por ww tzv např napr popř mj cca odst ún"
    " npr"
    # Turkish, Vietnamese, Indonesian
    " bkz örn v.d"
    # Russian, Ukrainian, Bulgarian, Greek
    " т.е т.к т.н т.ч см ср напр англ лат нем фр греч яп кит итал исп т.зв акад проф"
    " π.χ δηλ βλ"
    # Hindi, Bengali, Marathi; Arabic
    " डॉ प्रो श्री सुश्री मि सं रु पं कु जि डा प्रा ড মো ডা د أ م.أ"
)
"""In small letters: the rest of the sentence always follows."""

NUMBERED: Final = _words(
    "no nos nr fig figs eq eqs sec ch chap vol vols p pp art ex ver"
    " abs nrn abb tab kap bd rn rdnr rz anm s seite aufl hs bl ziff anl lit verf jg abschn"
    " arts pag pagg pág págs cap núm tab tabl rys poz par ust pkt cz rozdz ods č čl str obr kap kl"
    " blz hfst lid afb n nº tel máx mín s.nr md sh sy hlm bab klo aj ok od ca"
    " стр с рис табл гл ст п пп ч разд прил тел д кв корп ім сс мал т тт вип № αρ σελ κεφ εδ"
    " पृ क्र नं अनु ص ج ع"
)
"""Only before a number."""

OPEN_ENDED: Final = _words(
    "al inc ltd co corp jr sr bros dept est univ ph.d tech jan feb mar apr jun jul aug sep sept"
    " oct nov dec"
    # German
    " usw usf u.s.w chr v.chr n.chr mio mrd tsd jh jhd jhdt mrz dez okt"
    " u.ä u.v.m u.v.a hrsg hg stk mwst zzt z.zt urspr lt tägl jährl dt engl frz"
    # French, Spanish, Portuguese, Italian
    " av.j.-c apr.j.-c j.-c ee.uu rr.hh a.c d.c a.de.c s.a s.l cía c.v hab km.h tít ltda s.p.a"
    " s.r.l v.g lda"
    # Dutch, Swedish, Danish
    " jl f.kr e.kr ev"
    # Polish, Czech, Hungarian, Finnish, Turkish, Vietnamese, Indonesian
    " np r.ż n.e p.n.e tys mln mld godz zł př.n.l n.l tis kč ekr"
    " m.ö m.s i̇.ö i̇.s yy ts gs tp tn ny bpk ul av ing bc a.ş ltd.şti"
    # Russian, Ukrainian, Greek
    " пр н.э до.н.э руб коп тыс млн млрд чел мин сек ч экз обл"
    " ул пл просп пер бул наб вул грн тис кг км куб га им род ред изд сост"
    " π.χ μ.χ"
    # Hindi
    " ई.पू ई कि.मी"
)
"""A sentence may end in these; the next word decides."""

LISTED: Final = _words(
    "etc ecc enz e.d m.m m.fl o.s.v osv mfl itd itp atd apod stb jne ym vb vs.vb v.v dll dsb"
    " т.д т.п и.т.д и.т.п др и.др и.пр та.ін ін κ.ά κ.λπ κλπ κ.α"
)
"""After a list that could be longer: with a capital letter another sentence begins."""

DATED: Final = _words("г гг в вв р рр ст r w")
"""After a year or a century. Of a long sentence they are the end, of a short one the beginning."""

ORDINALS: Final = _words(
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember"
    " Jahrhundert Jahrhunderts Jahrhunderte Jahrtausend Jahrtausends Jh Auflage Kapitel Klasse"
    " Weltkrieg Weltkriegs Weltkrieges Lebensjahr Geburtstag Stock Etage Bezirk Runde Woche Monat"
    " Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık Yüzyıl Dünya"
    " Madde Bölüm Sınıf Ordu Bundesliga Liga Armee Division Jahrestag Etappe Spieltag Minute Platz"
)
"""What stands after the number of an ordinal and its full stop."""

BEFORE_ORDINAL: Final = _words(
    "am im vom zum beim der die das den dem des zur ab seit bis ein eine einen einem einer jede"
    " jeder jedes jeden jedem sein seine seinen seinem ihr ihre ihren ihrem und"
)
"""German words before such a number."""
