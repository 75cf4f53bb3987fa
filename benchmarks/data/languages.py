"""Public pages in German, Spanish, French, Italian and Polish, and what a dictionary spinner needs in these languages.

Nothing of it is shipped. The pages are Debian's manual pages, LibreOffice's help and GIMP's help, the thesauri are LibreOffice's; ``fetch``
gets them with apt (240 MB) and unpacks them into a folder, without installing anything:

    python -m benchmarks.data.languages FOLDER

MedQuAD in Spanish and French is made by Apertium (``apt-get install apertium-eng-spa apertium-fr-es``; ``translate``).
"""

from __future__ import annotations

import gzip
import html
import random
import re
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

LANGUAGES = ("de", "es", "fr", "it", "pl")
PACKAGES = ("mythes", "manpages", "libreoffice-help", "gimp-help")
ABSENT = ("gimp-help-pl",)
"""What Debian does not have."""
MODES = {"es": ("eng-spa",), "fr": ("eng-spa", "es-fr")}
"""Apertium's modes that lead from English to a language."""
MIN_LENGTH, MAX_LENGTH = 600, 40_000
"""Characters of the pages that are taken."""

LEFT_ALONE = {
    "de": """aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis da damit dann das dass
dein deine dem den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er
es etwas für gegen hat haben hatte hier ich ihm ihn ihr ihre ihrem ihren im in ins ist jede jedem jeden jeder jedes kann kein keine man
mehr mein mit muss nach nicht noch nun nur ob oder ohne sehr sein seine selbst sich sie sind so soll sollte über um und uns unter vom von
vor war waren was weil welche wenn werden wie wird wir wo wurde zu zum zur zwischen""",
    "es": """a al algo ante antes como con contra cual cuando de del desde donde dos e el ella ellas ellos en entre era es esa ese eso
esta estas este esto estos está están fue ha hace hacia han hasta hay la las le les lo los mas me mi mucho muy más ni no nos o otra otro
otros para pero por porque puede que quien se sea ser si sin sobre son su sus sí también tan tanto te tiene toda todas todo todos un una
unas uno unos y ya""",
    "fr": """a afin ai au aucun aussi autre autres aux avec avoir c ce ceci cela celle celui ces cet cette ceux chaque ci comme d dans de
des dont donc du elle elles en est et eu fait il ils j je l la le les leur leurs lors lui là m ma mais me mes moi même n ne ni nos notre
nous on ont ou où par pas peu peut plus pour qu quand que qui s sa sans se ses si son sont sous sur ta te tes toi ton tous tout toute
toutes tu un une vers vos votre vous y à été être""",
    "it": """a ad ai al alla alle allo anche c che chi ci come con cui d da dal dalla dalle dei del della delle dello di dove due e ed è
era essere fra gli ha hanno i il in io l la le lei li lo loro ma mi ne nei nel nella nelle no noi non o ogni per perché più può quale
quando quanto quella quello questa queste questi questo s se sei si sia sono su sua sue sugli sul sulla suo suoi tra tutti tutto un una
uno vi voi""",
    "pl": """a aby albo ale bez bo by być co czy dla do gdy go i ich ile im ja jak jako je jego jej jest jeśli jeżeli już każdy która które
który lub ma mi może na nad nie niż o od oraz po pod ponieważ przed przez przy są się ta tak także tam te tego tej ten to tu tylko w we
więc wszystkie z za ze że""",
}
"""Words a spinner never touches."""
ENDINGS = {
    "de": ("en", "er", "es", "em", "e", "n", "s"),
    "es": ("es", "as", "os", "s", "a", "o"),
    "fr": ("es", "s", "e", "x"),
    "it": ("i", "e", "a", "o"),
    "pl": ("ów", "ach", "ami", "ych", "ego", "y", "i", "e", "a", "u"),
}
"""Endings taken off a word that the thesaurus does not have, to look for its base."""
BOILERPLATE = {
    "de": (
        "Vielen Dank, dass Sie diesen Beitrag auf unserem Blog gelesen haben.",
        "Teilen Sie diesen Artikel mit Ihren Freunden.",
        "Abonnieren Sie unseren wöchentlichen Newsletter.",
        "Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten.",
        "Alle Rechte vorbehalten.",
        "Hinterlassen Sie unten einen Kommentar.",
    ),
    "es": (
        "Gracias por leer esta entrada en nuestro blog.",
        "Comparte este artículo con tus amigos.",
        "Suscríbete a nuestro boletín semanal.",
        "Usamos cookies para ofrecerte la mejor experiencia.",
        "Todos los derechos reservados.",
        "Deja un comentario y dinos qué piensas.",
    ),
    "fr": (
        "Merci d'avoir lu cet article sur notre blog.",
        "Partagez cet article avec vos amis.",
        "Abonnez-vous à notre lettre hebdomadaire.",
        "Nous utilisons des cookies pour vous offrir la meilleure expérience.",
        "Tous droits réservés.",
        "Laissez un commentaire et dites-nous ce que vous en pensez.",
    ),
    "it": (
        "Grazie per aver letto questo articolo sul nostro blog.",
        "Condividi questo articolo con i tuoi amici.",
        "Iscriviti alla nostra newsletter settimanale.",
        "Usiamo i cookie per offrirti la migliore esperienza.",
        "Tutti i diritti riservati.",
        "Lascia un commento e dicci cosa ne pensi.",
    ),
    "pl": (
        "Dziękujemy za przeczytanie wpisu na naszym blogu.",
        "Podziel się tym artykułem ze znajomymi.",
        "Zapisz się na nasz cotygodniowy biuletyn.",
        "Używamy plików cookie, aby zapewnić najlepsze wrażenia.",
        "Wszelkie prawa zastrzeżone.",
        "Zostaw komentarz i napisz, co o tym myślisz.",
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = re.compile(r"\b(?:the|of|and|is|to|in)\b", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_]|[0-9(\"«»])|\s*\n\s*|\s{3,}")


def fetch(folder: Path) -> None:
    """Download the Debian packages into ``folder`` and unpack each into a folder of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for package in PACKAGES for language in LANGUAGES if (name := f"{package}-{language}") not in ABSENT]
    subprocess.run(["apt-get", "download", *names], cwd=folder, check=True)
    for name in names:
        held = next(folder.glob(f"{name}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", held, folder / name], check=True)


class Thesaurus:
    """Synonyms from a MyThes thesaurus (``th_*.dat``: a headword and its number of senses, then a line a sense)."""

    def __init__(self, folder: Path, language: str, half: int) -> None:
        """Only synonyms of one half (by a hash of the synonym): 0 teaches, 1 judges."""
        self.name, self._endings = f"mythes-{language}", ENDINGS[language]
        path = min((folder / f"mythes-{language}" / "usr/share/mythes").glob("th_*_v2.dat"))
        raw = path.read_bytes()
        coding, _, body = raw.partition(b"\n")
        lines = iter(body.decode(coding.strip().decode("ascii")).splitlines())
        self._synonyms: dict[str, list[str]] = {}
        for line in lines:
            head, _, senses = line.rpartition("|")
            found = self._synonyms.setdefault(head.strip().lower(), [])
            for _ in range(int(senses)):
                for word in next(lines).split("|")[1:]:
                    plain = re.sub(r"\([^)]*\)", "", word).strip()
                    able = re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)?", plain) and zlib.crc32(plain.encode()) % 2 == half
                    if able and plain.lower() != head and plain not in found:
                        found.append(plain)

    @cache  # noqa: B019
    def of(self, word: str) -> tuple[str, ...]:
        """Synonyms of a lower-case word, or of its base where the thesaurus has the base alone."""
        bases = [word, *(word[: -len(end)] for end in self._endings if word.endswith(end) and len(word) - len(end) > 3)]
        return next((tuple(self._synonyms[base][:8]) for base in bases if self._synonyms.get(base)), ())


def spin_other(text: str, language: str, thesaurus: Thesaurus, rate: float, seed: str) -> str:
    """``text`` with ``rate`` of its content words swapped (as far as the thesaurus has them), neighbouring sentences moved, boilerplate added."""
    rng = random.Random(f"{seed}|{language}|{rate}")
    parts = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    for place in range(len(parts) - 1):
        if rng.random() < 0.2:
            parts[place], parts[place + 1] = parts[place + 1], parts[place]
    alone = frozenset(LEFT_ALONE[language].split())
    spun = [_spin_sentence(part, alone, thesaurus, rate, rng) for part in parts]
    extra = rng.sample(BOILERPLATE[language], 4)
    spun = [*extra[:1], *spun, *extra[1:]]
    return "\n".join(" ".join(spun[start : start + 4]) for start in range(0, len(spun), 4))


def _spin_sentence(sentence: str, alone: frozenset[str], thesaurus: Thesaurus, rate: float, rng: random.Random) -> str:
    words = _WORD.findall(sentence)
    content = [at for at, word in enumerate(words) if len(word) > 2 and word.lower() not in alone and not word.isupper()]
    able = [at for at in content if thesaurus.of(words[at].lower())]
    chosen = set(rng.sample(able, min(len(able), round(rate * len(content) + rng.random() - 0.5))))
    count = -1

    def swap(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if count not in chosen:
            return found.group()
        word = rng.choice(thesaurus.of(found.group().lower()))
        return word[0].upper() + word[1:] if found.group()[0].isupper() else word

    return _WORD.sub(swap, sentence)


def read_pages(folder: Path, language: str, source: str) -> list[str]:
    """Texts of MIN_LENGTH to MAX_LENGTH characters, in the order of their files, but those left in English; ``source`` is in PACKAGES."""
    root = folder / f"{source}-{language}" / "usr/share"
    if source == "manpages":
        files = (path for path in sorted(root.glob("man/**/*.gz")) if path.is_file())
        texts = [_plain_roff(gzip.decompress(path.read_bytes()).decode()) for path in files]
    elif source == "gimp-help":
        texts = [_plain_gimp(path.read_text(encoding="utf-8")) for path in sorted(root.glob("gimp/2.0/help/*/*.html"))]
    else:
        texts = [_plain_help(path.read_text(encoding="utf-8")) for path in sorted(root.glob("libreoffice/help/*/text/**/*.html"))]
    return [text for text in dict.fromkeys(texts) if MIN_LENGTH <= len(text) <= MAX_LENGTH and not _is_english(text[:4000])]


def _is_english(text: str) -> bool:
    return len(_ENGLISH.findall(text)) >= 0.06 * max(1, len(text.split()))


def _plain_gimp(page: str) -> str:
    body = re.sub(r'(?s)<div class="nav(?:header|footer)">.*?</table>', "", page.partition("<body>")[2])
    return _plain_html(" ".join(re.sub(r"(?s)<(script|style|pre)\b.*?</\1>", " ", body).split()))


def _plain_help(page: str) -> str:
    body = page.partition('id="DisplayArea"')[2].partition(">")[2].partition("</body>")[0]
    return _plain_html(re.sub(r"(?s)<(script|style|pre|footer)\b.*?</\1>", " ", body))


def _plain_html(body: str) -> str:
    body = re.sub(r"</?(p|h\d|div|td|tr|li|ul|ol|dt|dd|dl|table|br|hr)\b[^>]*>", "\n", body)
    lines = (" ".join(html.unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in body.split("\n"))
    return "\n".join(line for line in lines if line)


def _plain_roff(page: str) -> str:
    """What a manual page says in running text: requests gone but for headings, paragraphs as lines."""
    blocks, held = list[str](), list[str]()
    for line in page.splitlines():
        if line.startswith((".", "'")):
            name, _, rest = line[1:].strip().partition(" ")
            if name in ("B", "I", "BR", "IR", "RB", "RI", "BI", "IB"):
                held.append(rest.replace('"', ""))
                continue
            blocks.append(" ".join(held))
            held = []
            if name in ("SH", "SS"):
                blocks.append(rest.strip('"'))
        else:
            held.append(line)
    text = "\n".join([*blocks, " ".join(held)])
    text = re.sub(r"\\f(\[[^]]*\]|.)|\\[,/&|^%:]|\\s[-+]?\d", "", text)
    text = re.sub(r"\\\(aq", "'", re.sub(r"\\-", "-", text))
    text = re.sub(r"\\\((..)|\\\[[^]]*\]|\\.", " ", text)
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def translate(texts: list[str], language: str) -> list[str]:
    """English texts in another language, line by line, by Apertium."""
    lines = "".join(" ".join(line.split()) + "\n" for text in texts for line in [*text.split("\n"), "~"])
    for mode in MODES[language]:
        lines = subprocess.run(["apertium", "-u", mode], input=lines, capture_output=True, text=True, check=True).stdout
    return [held.strip("\n") for held in re.split(r"(?m)^~\n", lines)[:-1]]


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
