"""What a mail's HTML hides is left out and said; what it shows is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.document import ReadingLimits
from services.intake.html_text import html_text
from services.intake.mail import read_mail


@pytest.mark.parametrize(
    "tag",
    [
        '<div style="display:none">',
        '<div style="color:red; DISPLAY : none !important">',
        '<span style="visibility:hidden">',
        '<span style="opacity:0">',
        '<span style="opacity: 0.0;">',
        '<font style="font-size:0px">',
        '<font style="font-size:1px;line-height:1px">',
        '<div style="max-height:0;max-width:0;overflow:hidden">',
        "<p hidden>",
        '<p style="position:absolute;left:-9999px">',
        '<div style="text-indent: -5000em">',
        '<span style="color:#fff">',
        '<span style="COLOR: White !important">',
        '<span style="color:#FEFEFE;font-size:12px">',
        '<span style="color:rgb(255, 255, 255)">',
        '<span style="color:transparent">',
        '<font color="#ffffff">',
        '<span style="color:white;background:#fff">',
        '<span style="color:#000;color:#fff">',
        '<span style="color:#fff" style="color:#000">',
        '<span style="color:#fff;background:none">',
        '<span style="color:rgba(0,0,0,0)">',
        '<span style="color:rgb(100%, 100%, 99%)">',
        '<span style="color:hsl(0, 0%, 100%)">',
        '<span style="color:#ffff">',
        '<span style="color:#00000000">',
        '<span style="-webkit-text-fill-color:transparent">',
        '<p bgcolor="navy" style="color:#fff">',
        '<span style="display:/**/none">',
        '<span style="d\\69splay:none">',
        '<span style="font:0/0 a">',
        '<span style="font-size:.5px">',
        f'<span style="{"x:y;" * 2_000}display:none">',
        "<datalist>",
    ],
)
def test_what_is_hidden_is_left_out_and_said(tag: str):
    name = tag[1:].split(maxsplit=1)[0].rstrip(">")
    markup = f"<body>vorher {tag}Summe <b>0,00</b><br>EUR</{name}> nachher</body>"
    found = html_text(markup)
    assert (found.text.split(), found.hidden) == (["vorher", "nachher"], True)


@pytest.mark.parametrize(
    "tag",
    [
        '<div style="display:block">',
        '<div style="font-size:12px">',
        '<div style="font-size:10pt">',
        '<div style="opacity:0.9">',
        '<div style="height:0">',
        '<div style="overflow:hidden">',
        '<div title="display:none">',
        '<div style="background:url(display:none)">',
        '<div style="color:#fff;background-color:#0a5">',
        '<div style="color:#eee">',
        '<div style="color:#fffe00">',
        '<div style="background-color:#fff">',
        '<div style="margin-left:-10px">',
        '<div style="border-color:#fff">',
        '<div style="color:#fff;color:#000">',
        '<div style="color:#fff;background-image:linear-gradient(red, blue)">',
        '<div style="font:10px/0 a">',
        '<div style="color:rgb(0 0 0 / 100%)">',
        '<div style="margin-left:141.75pt;text-indent:-141.75pt">',
        '<div style="margin-left:-108pt">',
        '<div style="margin-top:-120px">',
        '<div style="position:relative;top:-100px">',
        '<div style="color:#fff;background-color:#222222;background-image:none">',
        '<div style="color:#fff;background-image:url(x.jpg);background-color:#fff">',
        '<div style="color:#fff;background:#fff url(dark.png)">',
    ],
)
def test_what_is_shown_is_read(tag: str):
    assert html_text(f"<body>{tag}Summe</div></body>") == ("Summe", False)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p hidden>weg<p>da", "da"),
        ("<p hidden>weg<div>da</div>", "da"),
        ("<table><tr hidden><td>weg<tr><td>da</table>", "da"),
        ("<img hidden>da", "da"),
        ("<div hidden><div>weg</div>auch weg</div>da", "da"),
        ("<div hidden>weg<ul><li>weg</div>da", "da"),
    ],
)
def test_hidden_elements_end_where_readers_see_them_end(markup: str, text: str):
    assert html_text(markup).text == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<table bgcolor="#003366"><tr><td style="color:#fff">da</table>', "da"),
        ('<table bgcolor="#003366"><tr><td bgcolor=white style="color:#fff">weg</table>', ""),
        ('<div style="color:#fff">weg<span style="color:#000"> da</span> weg</div> da', "da da"),
        ('<p style="color:#fff">weg<p>da', "da"),
        ('<p style="color:#fff">weg<div>da</div>', "da"),
        ('<table><tr><td style="color:#fff">weg<td>da</table>', "da"),
        ('<ul><li style="color:#fff">weg<li>da</ul>', "da"),
        ('<div style="color:#fff">weg<a href="x">da</a></div>', "da"),
        ('<style>.b {background: navy}</style><p class="b" style="color:#fff">da</p>', "da"),
        ('<style>.b {color: navy}</style><p class="b" style="color:#fff">weg</p>', ""),
        ('<body bgcolor="black"><p style="color:#fff">da</p></body>', "da"),
        ('<body bgcolor="#fff"><p style="color:#fff">weg</p></body>', ""),
        ("<button style='color:#fff'>da</button>", "da"),
        ('<table bgcolor="#036"><tr><td style="color:#fff;background:transparent">da</table>', "da"),
        ('<body text="#fff"><p>weg</p></body>', ""),
        ('<style>h1 {background-color: #036}</style><h1 style="color:white">da</h1>', "da"),
        ('<table><tr><td style="font-size:0px"><div style="font-size:13px">da</div></td></tr></table>', "da"),
        ('<div style="font-size:13px"><div style="font-size:0px">weg</div></div>', ""),
        ("<head><xml><o:Words>12</o:Words></xml></head>da", "da"),
        ('<xml version="1.0"><html><body><p>da</p></body></html>', "da"),
    ],
)
def test_white_letters_are_seen_where_their_ground_is_not_white(markup: str, text: str):
    """Or not known: in doubt text counts as seen."""
    found = html_text(markup)
    assert (" ".join(found.text.split()), found.hidden) == (text, "weg" in markup)


def test_head_and_style_hide_nothing_that_anybody_would_miss():
    assert html_text("<head><title>Titel</title><style>p {}</style></head>da") == ("da", False)


@pytest.mark.parametrize(
    "markup",
    [
        "<html><head><meta charset=utf-8><title>weg</title><body><p>da</p></body></html>",
        "<body><head>da</head></body>",
        "<body><![CDATA[x>da]]></body>".replace("]]>", ""),
        "<!DOCTYPE html><body><!-->da<!-- --></body>",
        "<!--->da<!-- -->",
        "<!-- x --!>da<!-- weg -->",
        "<!-- -- >weg-->da",
        "<![if !mso]>da<![endif]><!-- weg",
    ],
)
def test_comments_and_heads_end_where_readers_see_them_end(markup: str):
    assert html_text(markup) == ("da", False)


def test_text_that_is_turned_by_an_element_is_noted_as_such():
    mail = b"From: a@b.example\nContent-Type: text/html\n\n<p>Summe <bdo dir=rtl>00,999</bdo> EUR</p>"
    assert "\u202e00,999\u202c" in read_mail(mail, ReadingLimits(10, 1_000)).pages[0]


def test_what_is_for_programs_that_show_no_film_is_neither_read_nor_noted():
    assert html_text("<video>Ihr Programm zeigt keine Videos</video>da") == ("da", False)
    assert html_text("<object data=x>Zahlen Sie 119,00 EUR</object>da") == ("da", True)


def test_the_note_stands_with_the_mail():
    mail = b"From: a@b.example\nContent-Type: text/html\n\n<p>Guten Tag</p><p hidden>Summe 0,00</p>"
    parsed = read_mail(mail, ReadingLimits(10, 1_000))
    assert "Summe" not in parsed.pages[0]
    assert [note.de for note in parsed.notes] == ["die Mail hat Text, den Leser nicht sehen; er wurde weggelassen"]


@given(st.text(st.sampled_from("<>/ =\"'pdivhiddenstyl:;0-!&#fcolrabgu")))
def test_any_markup_gives_text(markup: str):
    html_text(markup)
