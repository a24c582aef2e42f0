"""Damaged files that once did harm, compressed: each took far too much time or memory, or was an odd error."""

import base64
import zlib

#: By what was wrong with them; the suffix is that of the format.
_PACKED = {
    "a frame far outside the screen.gif": (
        "c-nLKbh9u|<Yo|HXk-9^|NsAkX$Bo2lYyIolYxOlgn^Mo!ehgNgUuYmS}`X!EOc&RWMr@g0FAy5Q2"
    ),
    "a gray ramp on a large screen.gif": (
        "c-nLKbh9u|<X*wR$<W9E0{{R22h$8XAc7kx&cGqUz{n!uv0=f%W)5Mkm=hZoI=3`3GFSrubP^48"
    ),
    "ours of two thousand million pixels.tif": (
        "c-rk(Uq}=|7@zh0i(Xk#f)O0+Lm`Lld6#!rR95z2fz(?ea;<xF-srl!?e1M?a<7I2B0XBYgkbd`M*m+_dhtalIuMMYC=ra5B"
        "m%oao7vsF-7}4Q=<W7{nf>jzJHPqn_suTzwYJuSasa??unvj=1q`EfTnRumW#9_jiYSMM$q0u9mm1iC+YYJ-j1~j1i1A*-Pg"
        "*TiqFqNy0N8Kfdl(<GyyL-RtMK(9_BUfcA$*4MX(NV>uK=7eFen0`#o(F7fu1$|=W%zAa%#BBsV}FWR-&u~>7%appxfo~bhu"
        "qKn}7;-(3daK_>L2KQN9{u1r_`HX+aEyS(U|@$vh-4xA)UX2*U)19_){5h^`9+Ss3;b8iDO4v(OqP&nimh2G1{(CrpFaA7Ff"
        "eY!^(rT_$Uzh1KV43I<@Ftc^LOfj|zc*TTwi5s$~8C#%QL_`Q}cm)2*Yg}x@%@BJ^dN36;=buvLFPg*8P@+z@BR8^>@QAH|m"
        "j>=}ynlX#a7Hur+$;8l+nM<SiJCE)yvf$oovD-SC4r85qkYw_lMjrDb*8{`kd4%N^=yq*?>BuOxEgzPhmLZ2EU9C8j6(kDA<"
        "`zO(!AM3FiRCmY#U7sRq_qzSDWPi+bwyQe0#5_}Rx%x#T>G5Rbtsczy)cYe%o$V3*f3I~x?d0lP5kW3AyHCs6oj%rnSFJ$SA"
        "m)e<m*&8R!?$R?UOVvIlCk9O#~%$!AM9dD|bOPL(&7GWQ{?Fy<!}OVnR&Oh8SvEwv-U#`K0;tXs7$gxP-nrNE|sz5N}LCszr"
        "a|5@pnd1br7Vdg7Bwu-T|hO+}GN1o5yz>ce+~gDowyvkMCY1HiTdwDEC-R#&^bCnjty3ei%jp`n@@MHwEpwJ2mu+*zJ`w9C<"
        "4?l@I3xiNBg{(%y2zp{8C9T{7?Exm3_`Hwlve#FL5`ql9|@I1LO^(*w`F-k|4r*5Vzn_qOrM<yrdr8kGovwy+a+DzF?4oraR"
        "Yz;(NYM@dA4P26E4YXC=^VVtBJ@1@b*FB${X5F*mH0vHx>*UrwI{voDtb6Jy``logeQvPLJ~!C*kMlx`qNbU0$Hdc*q3;LYg"
        "TWi>!KKglN0(0weQCQjb8-E{+{)U{0+#6aPq42Rocsf!sJ|}"
    ),
    "a strip longer than memory.tif": (
        "c-r&y)MDUZU|`^4U|?inU<9(bftV4><^*CUMrJS@q>35J24OZRn;D1&q3YY%7#PHm^olbIg4xMHEQ6%i0muevY-50e;|xm~$"
        "{A7_UNXoqjDnE|-Y}eEm;+2Ed<>4GfiVJsAj5lxgA5%E#tdmA$kzg@M(mw2vz%{6I-1#fvhCSXrzd&Q=4PYX_u@wHPxlYJkv"
        "p^FlI;Qgd+tX3_ueY+HY(UTnpB{Gl?hUnfa(!eMph;kCSdIZqd*L(ForAxsw^|IEUG2|8Kxy^"
    ),
    "ours in a tile larger than memory.ome.tif": (
        "c-rk&Z)hAv6rW3Mn^0q`poNOCY(b^u?so4km%HoTB{gXwwn?K&C2bAoWOwdvn!VZW?rd^V?rS9orTDSxH=+8aL{!u-t@x#13"
        "JQTjK~S(1Dzs2UsZm;I|J?5F<u0~hK*&9qoi{V@y?O7=o1Nd-*nZFh0C)yG08fAra4F>QJ1y4bds*uWb=$n9(cQprclmDCo("
        "gq=d8T-JHvrGN^H$p%+Gh8+SbN^(@3QuCgN(>@pJe?XtPQhy%U~B<c*XSrbb-SoJ`YA+e)kRl4!Qgh_IWkbXY+6NxZyN4ii^"
        "b}R!~G+Vx#5d(a~$yZr(h57IbI}(xpon-@AAE^vX&n7h925SI?c>v&S&bpYP;it5fyEJJ&yZx_h{%`(W?ohZjD&@u{(J>aAO"
        "oYsHJVKhVCPSRFjjx8ry7B3}D0w-0<(dwAuq!WW<8wc?#C@2%||{<^eq;qv7h+7D6xE!}c-|LTr!B(MT@dzd2BfGM^&V2W*z"
        "h$&j(2)@_H5&L^v<A|_`!tt2U>!XQ$ZvahzR%l{)myag)hdKzNLmdRsp$>xR&<3bsH5B?bIWQ1U_H?g&`E%j77k&iG@6wlU|"
        "MJPlck<_cop}H1YY%?9e)s;aEu5ym{{+wN1w+}PYDM7|kZxd=<od*jz;lR5s*Fh~#~+_Q98U2=`RuXrLmU$%MvgC2s%4_l#l"
        "^*lsv%OrlCBz(sx3uSy%e32%BTX3C{u{W1Th&FlDwmtsTw$-y%@JOVuBz>XU2~@nqf=~3W<c6mVq;dJ$Y1>AhrB^{LQ(?)`+"
        "SV6sa0A&mBKLHk#v2on%ZC%NZyqgkmx&g;6>&5EjLv7*4}E6c%DdNpMKyxe*;fs_Hqu0hMquA(o89BXK^T9jm|+;w-~9mtpy"
        "yfEDBp1tu|xt4J|y5r?&8MsWoZ>x_=+GGf+ePK=zK=DF!5jj5WL&=k*2;kVIDju%CTJ(1(n4mZLk9qy#ZO<P<(J5q*(AjRIz"
        "<uih{;S{WB3Nj{<Zad*fAH}6IorJU;&1a*ocs@JLA{~Vka$|>?6{b6>K!Qe8lTb^|l63;fXAcshQu{1lM@4&6e}?U9iQ0L{X"
        "Q!xcO4QVm>`O2M<52U*>kZhsG&Cr&tPrR{9fu`VQS~z>B$Ng422@ODe4IOy;~N*=dGU;?(gQ>-$Se?Nkl}=W&S7m)qdtAgmB"
        "vIy)%v7Zmo58qPQNdehDeS(gSr%9eg?&Y>yiQuV<Q2h40X?f5Qz__gha~wq-*_LD=%a1y-XyM=@i;rFJl2GQ>ivy#@l--Nkv"
        "f{+*~ikL18f7@M-5}qP?3ak%WWs|A(6c8&qa;PDl%z>!whft*>ZML6mxHuCo+VW#b)#w{L@6)v}0N)=bM23glxp5Rbq8`n%T"
        "OqO$v29Z=gzVYV^*&7lUJeB6;|T2ZBWBzv}tP%%(H*S?z#ocMq3RjoeOk%YD8ns5Qhx}Pg41dG9|ZTp`eEFyJYfpfvVVHF#N"
        "MP$8VemD&C^mFx(7qtB_uy;}q8m%B1L*|7^gO+7X%gwSxB~7L187-)q{h)ba*Mf%HuN%leL+^buB-ng~WV)m^?XCy!WqrEH-"
        "e$inyaZ6Fmk?d=z&t|Qzs0Gein@RbCNT})v|C#(e+9%;l$w7^>xykDXusNgMXmVPpQyKP5=<YZemw<M$0bY}?!4e!(^@t<&M"
        "=A#BccH`!p3btiv=(9;2)8lKzj"
    ),
    "a tile of eight million rows.tif": (
        "c-r&y)MDUZU|<krU|?inU<9(bftV4><^*CUMrH<PAbksnnSpGOI7kN@l+6Uhe2h#CVnF%<5Q{>^L3*SZS;1^JAR!H9^8pDNs"
        "2UK~Kw=vL&EWykVnB{9lKD<h_Xq&7Go0PP-~weE00~zpJDULlIKZ%4sW>CCAXUjqA=*+$!O&1g!8o>-0Ua=+;gZa>w6x5eRK"
        "0>qRD}TlG7$m"
    ),
}


def read_corpus():
    """Return the files by name."""
    return {name: zlib.decompress(base64.b85decode(text)) for name, text in _PACKED.items()}
