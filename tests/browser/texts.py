"""What is wrong with the words on a page: some in no catalogue, some cut off where a language has longer ones."""

from playwright.sync_api import Page

from tests.languages import BEGIN, END

# What people typed, and names: no language has other words for them.
DATA = "|".join(
    (
        r"Safelight|WhatsApp",
        r"NZ",  # the browser has no names of countries in Esperanto
        r"\S+@\S+",
        r"\S*•••\S*",
        r"(https?://)?localhost(:\d+)?\S*",
        r"Dr [A-Z]\w+( \w+)*",
        r"Ward with a view",
        r"MRN [\w-]+",
        r"Excise\?|Left forearm\.",
        r"[0-9A-HJKMNP-TV-Z]{26}",
        r"[0-9A-HJKMNP-TV-Z]{4}",  # what two screens show, to compare
    )
)
# Playwright's words for what is on a page are not ours: everything is read from the document itself.
READ = """([begin, end, data]) => {
  const found = [], isData = new RegExp(`^(${data})([,.:; ]+(${data}))*[,.:; ]*$`);
  let depth = 0;
  const outside = (text) => [...text].filter((one) => {
    if (one === begin) depth++;
    else if (one === end) depth--;
    else return !depth;
  }).join("").trim();
  const judge = (what, rest) => { if (/\\p{L}{2}/u.test(rest) && !isData.test(rest)) found.push(`${what}: ${rest}`); };
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const parent = node.parentElement, rest = outside(node.data);
    const isCode = parent.closest("code, pre, noscript, script");
    if (!isCode && parent.checkVisibility()) judge(parent.localName, rest);
  }
  if (depth) found.push(`${depth} sentences do not end`);
  depth = 0;
  judge("title", outside(document.title));
  judge("description", outside(document.querySelector('meta[property="og:description"]').content));
  for (const element of document.querySelectorAll("[title], [aria-label], [alt], [placeholder]")) {
    for (const name of ["title", "aria-label", "alt", "placeholder"]) {
      depth = 0;
      judge(`${element.localName} ${name}`, outside(element.getAttribute(name) ?? ""));
    }
  }
  return found;
}"""
# Every sentence gets accents and is a third longer; what is data stays.
LENGTHEN = """([begin, end]) => {
  const accents = {a: "à", e: "é", i: "í", o: "ô", u: "ü", n: "ñ", A: "À", E: "É", I: "Í", O: "Ô", U: "Ü", S: "Š"};
  let depth = 0, length = 0;
  window.before = [];
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    window.before.push([node, node.data]);
    let text = "";
    for (const one of node.data) {
      if (one === begin && !depth++) { length = 0; text += "⟦"; }
      else if (one === end && !--depth) text += " éñ".repeat(Math.ceil(length / 10)) + "⟧";
      else if (one !== begin && one !== end) { length++; text += depth ? accents[one] ?? one : one; }
    }
    if (text !== node.data) node.data = text;
  }
}"""
RESTORE = "() => window.before.forEach(([node, text]) => { if (node.data !== text) node.data = text; })"
CUT = """() => {
  const found = [], wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
  if (wide > room) found.push(`the page is ${wide} wide, of ${room}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility() || element.closest(".unseen, .frame, .thumbs, pre, svg")) continue;
    const { left, right, width } = element.getBoundingClientRect();
    const isCut = element.clientWidth && element.scrollWidth > element.clientWidth + 1 && width;
    if (left < -1 || right > room + 1 || isCut) found.push(`cut off: ${element.localName}.${element.className}`);
  }
  return found;
}"""


def unmarked(page: Page) -> list[str]:
    """Texts, titles, labels and the like on a page that no catalogue has, but data."""
    found: list[str] = page.evaluate(READ, [BEGIN, END, DATA])
    return found


def cut_off(page: Page) -> list[str]:
    """What has no room on a phone where sentences are a third longer; from left to right, and from right to left."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate(LENGTHEN, [BEGIN, END])
    found = []
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
        found += [f"{direction}: {one}" for one in page.evaluate(CUT)]
    page.evaluate("() => { document.documentElement.dir = 'ltr'; }")
    page.evaluate(RESTORE)
    return found


def wrong(page: Page) -> list[str]:
    """Both."""
    return unmarked(page) + cut_off(page)
