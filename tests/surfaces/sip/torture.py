"""What RFC 4475 tortures a parser with, message by message, built from what each one means."""

from __future__ import annotations

from dataclasses import dataclass

from tests.surfaces.sip.wire import lines, request, response

ACCEPTED = 200
"""The parser takes it; what follows is the business of who reads the values."""
SILENCE = 0
SDP = (
    b"v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
    b"m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
)
UNUSUAL = (
    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com"
)
METHOD = "!interesting-Method0123456789_*+`.%indeed'~"
LONG = "long" * 40
REGISTRAR = "sip:registrar.example.com"


@dataclass(frozen=True)
class Torture:
    """One message: its section, its name there, and the status it deserves."""

    section: str
    name: str
    data: bytes
    verdict: int = ACCEPTED


VALID = (
    Torture(
        "3.1.1.1",
        "wsinv",
        lines(
            "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0",
            "TO :",
            " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
            'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
            "  ;",
            "  tag = 98asjd8",
            "MaX-fOrWaRdS: 0068",
            "Call-ID: wsinv.ndaksdj@192.0.2.1",
            f"Content-Length   : {len(SDP)}",
            "cseq: 0009",
            "  INVITE",
            "Via  : SIP  /   2.0",
            " /UDP",
            "    192.0.2.2;branch=390skdjuw",
            "s :",
            "NewFangledHeader:   newfangled value",
            " continued newfangled value",
            "UnknownHeaderWithUnusualValue: ;;,,;;,;",
            "Content-Type: application/sdp",
            "Route:",
            " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
            "v:  SIP  / 2.0  / TCP     spindle.example.com   ;",
            "  branch  =   z9hG4bK9ikj8  ,",
            " SIP  /    2.0   / UDP  192.168.255.111   ; branch=",
            " z9hG4bK30239",
            'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
            "      newvalue ;",
            "  secondparam ; q = 0.33",
            body=SDP,
        ),
    ),
    Torture(
        "3.1.1.2",
        "intmeth",
        lines(
            f"{METHOD} {UNUSUAL} SIP/2.0",
            "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
            f'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <{UNUSUAL}>',
            "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
            ";fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
            "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            f"CSeq: 139122385 {METHOD}",
            "Max-Forwards: 255",
            "extensionHeader-!.%*+_`'~:\ufeff大停電",
            "Content-Length: 0",
        ),
    ),
    Torture("3.1.1.3", "esc01", request("INVITE", "sip:sips%3Auser%40example.com@example.net")),
    Torture(
        "3.1.1.4",
        "escnull",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: <sip:%00@host5.example.com>",
            "Contact: <sip:%00%00@host5.example.com>",
            to="sip:null-%00-null@example.com",
            **{"from": "sip:null-%00-null@example.com;tag=839923423"},
        ),
    ),
    Torture(
        "3.1.1.5",
        "esc02",
        request(
            "RE%47IST%45R",
            REGISTRAR,
            "Contact: <sip:alias1@host1.example.com>, <sip:alias3@host3.example.com>",
            to='"%Z%45" <sip:resource@example.com>',
            **{"from": '"%Z%45" <sip:resource@example.com>;tag=f232jadfj23'},
        ),
    ),
    Torture(
        "3.1.1.6",
        "lwsdisp",
        request("OPTIONS", **{"from": "caller<sip:caller@example.com>;tag=323"}),
    ),
    Torture(
        "3.1.1.7",
        "longreq",
        request(
            "INVITE",
            f"sip:user@example.com;{LONG}={LONG}",
            f"Unknown-{LONG}: {LONG}; {LONG}",
            *(
                f"Via: SIP/2.0/TCP sip{number}.{'very' * 15}.example.com"
                for number in range(33, 0, -1)
            ),
            to=f'"I have a user name of {"extreme" * 11} proportion"<sip:user@example.com:6000'
            f";{LONG}=1>",
            **{"from": f"sip:{LONG}@example.net;tag=12{'982424' * 20}3;{LONG}"},
            call_id=f"longreq.one{'really' * 20}longcallid",
        ),
    ),
    Torture(
        "3.1.1.8",
        "dblreq",
        request("REGISTER", "sip:example.com", "Contact: sip:j.user@host.example.com")
        + request("INVITE", body=SDP),
    ),
    Torture(
        "3.1.1.9",
        "semiuri",
        request("OPTIONS", "sip:user;par=u%40example.net@example.com"),
    ),
    Torture(
        "3.1.1.10",
        "transports",
        request(
            "OPTIONS",
            "sip:user@example.com",
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
            "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
        ),
    ),
    Torture(
        "3.1.1.11",
        "mpart01",
        request(
            "MESSAGE",
            "sip:kumiko@example.org",
            "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
            body=b"--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n"
            b"0\x82\x01\x00\xff\xfe\r\n\r\n--7a9cbec02ceef655--",
        ),
    ),
    Torture(
        "3.1.1.12", "unreason", response("200 = 2**3 * 5**2 но сто девяносто девять - простое")
    ),
    Torture("3.1.1.13", "noreason", response("100 ")),
)

INVALID = (
    Torture(
        "3.1.2.1",
        "badinv01",
        request(
            "INVITE",
            "sip:user@example.com",
            'Contact: "Joe" <sip:joe@example.org>;;;;',
            via="SIP/2.0/UDP 192.0.2.15;;,;,,",
        ),
        400,
    ),
    Torture("3.1.2.2", "clerr", request(content_length="9999", body=SDP), 400),
    Torture("3.1.2.3", "ncl", request(content_length="-999", body=SDP), 400),
    Torture(
        "3.1.2.4",
        "scalar02",
        request(
            "REGISTER",
            "sip:example.com",
            "Expires: 10000000000000000000000000000000000",
            "Contact: <sip:user@host129.example.com>;expires=280297596632815",
            cseq="36893488147419103232 REGISTER",
            max_forwards="300",
        ),
        400,
    ),
    Torture(
        "3.1.2.5",
        "scalarlg",
        response(
            "503 Service Unavailable",
            "Retry-After: 949302838503028349304023988",
            cseq="9292394834772304023312 OPTIONS",
        ),
        SILENCE,
    ),
    Torture("3.1.2.6", "quotbal", request(to='"Mr. J. User <sip:j.user@example.com>'), 400),
    Torture("3.1.2.7", "ltgtruri", request("INVITE", "<sip:user@example.com>"), 400),
    Torture("3.1.2.8", "lwsruri", request("INVITE", "sip:user@example.com; lr"), 400),
    Torture("3.1.2.9", "lwsstart", request("INVITE", " sip:user@example.com "), 400),
    Torture(
        "3.1.2.10",
        "trws",
        request("OPTIONS").replace(b" SIP/2.0\r\n", b" SIP/2.0  \r\n", 1),
        400,
    ),
    Torture(
        "3.1.2.11",
        "escruri",
        request("INVITE", "sip:user@example.com?Route=%3Csip:example.com%3E"),
        400,
    ),
    Torture(
        "3.1.2.12",
        "baddate",
        request("INVITE", "sip:user@example.com", "Date: Fri, 01 Jan 2010 16:00:00 EST"),
        400,
    ),
    Torture(
        "3.1.2.13",
        "regbadct",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        ),
        400,
    ),
    Torture(
        "3.1.2.14",
        "badaspec",
        request("OPTIONS", to='"Watson, Thomas" < sip:t.watson@example.org >'),
        400,
    ),
    Torture(
        "3.1.2.15",
        "baddn",
        request("OPTIONS", **{"from": "Bell, Alexander <sip:a.g.bell@example.com>;tag=43"}),
        400,
    ),
    Torture(
        "3.1.2.16",
        "badvers",
        request("OPTIONS").replace(b" SIP/2.0\r\n", b" SIP/7.0\r\n", 1),
        505,
    ),
    Torture("3.1.2.17", "mismatch01", request("OPTIONS", cseq="8 INVITE"), 400),
    Torture("3.1.2.18", "mismatch02", request("NEWMETHOD", cseq="8 INVITE"), 400),
    Torture("3.1.2.19", "bigcode", response("4294967301 better not break the receiver"), SILENCE),
)

LAYERS_ABOVE = (
    Torture("3.2.1", "badbranch", request(via="SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK")),
    Torture(
        "3.3.1",
        "insuf",
        request(to=None, call_id=None, **{"from": None}),
        SILENCE,
    ),
    Torture("3.3.2", "unkscm", request("OPTIONS", "nobodyKnowsThisScheme:totallyopaque"), 416),
    Torture("3.3.3", "novelsc", request("OPTIONS", "soap.beep://192.0.2.103:3002"), 416),
    Torture(
        "3.3.4",
        "unksm2",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: <name:John_Smith>",
            to="isbn:2983792873",
            **{"from": "<http://www.example.com>;tag=3234233"},
        ),
    ),
    Torture(
        "3.3.5",
        "bext01",
        request(
            "OPTIONS",
            "sip:user@example.com",
            "Require: nothingSupportsThis, nothingSupportsThisEither",
        ),
    ),
    Torture(
        "3.3.6",
        "invut",
        request(
            "INVITE",
            "sip:user@example.com",
            "Content-Type: application/unknownformat",
            body=b"<audio>",
        ),
    ),
    Torture(
        "3.3.7",
        "regaut01",
        request(
            "REGISTER",
            "sip:example.com",
            "Authorization: NoOneKnowsThisScheme opaque-data=here",
        ),
    ),
    Torture(
        "3.3.8",
        "multi01",
        request(
            "INVITE",
            "sip:user@company.com",
            "CSeq: 59 INVITE",
            "Call-ID: multi01.98asdh@192.0.2.2",
            "From: sip:caller@example.com;tag=3414323",
            "To: sip:user@example.com",
            "Max-Forwards: 5",
        ),
        400,
    ),
    Torture(
        "3.3.9",
        "mcl01",
        request("OPTIONS", "sip:user@example.com", "Content-Length: 5", body=b"There's"),
        400,
    ),
    Torture(
        "3.3.10",
        "bcast",
        response(
            "200 OK",
            "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23",
            via="SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923",
        ),
    ),
    Torture("3.3.11", "zeromf", request("OPTIONS", max_forwards="0")),
    Torture(
        "3.3.12",
        "cparam01",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: sip:+19725552222@gw1.example.net;unknownparam",
        ),
    ),
    Torture(
        "3.3.13",
        "cparam02",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: <sip:+19725552222@gw1.example.net;unknownparam>",
        ),
    ),
    Torture(
        "3.3.14",
        "regescrt",
        request(
            "REGISTER",
            "sip:example.com",
            "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
        ),
    ),
    Torture(
        "3.3.15",
        "sdp01",
        request(
            "INVITE",
            "sip:user@example.com",
            "Content-Type: application/sdp",
            "Accept: text/nobodyKnowsThis",
            body=SDP,
        ),
    ),
    Torture(
        "3.4.1",
        "inv2543",
        lines(
            "INVITE sip:UserB@example.com SIP/2.0",
            "Via: SIP/2.0/UDP iftgw.example.com",
            "From: <sip:+13035551111@ift.client.example.net;user=phone>",
            "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>",
            "To: sip:+16505552222@ss1.example.net;user=phone",
            "Call-ID: inv2543.1717@ift.client.example.com",
            "CSeq: 56 INVITE",
            "Content-Type: application/sdp",
            body=SDP,
        ),
    ),
)

ALL = VALID + INVALID + LAYERS_ABOVE
