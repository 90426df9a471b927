// The editor of policies. Each text area with data-editor becomes one; its form sends the text
// area, which always has the text. The server checks the policy while one types: data-check is
// the address, data-editor the type of the policy and data-limit the number of characters that
// are allowed. <p data-editor-status> behind the text area says what the server said.
//
// The editor is in a shadow tree: there its styles are constructed sheets, which a strict
// Content-Security-Policy allows, and the variables of the page's own style reach it.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, showPanel } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// How long a person does not type before the server is asked.
const pause = 200;
// The longest text that the server is asked about; no policy is nearly as long.
const longest = 200_000;

const control = { font: "inherit", color: "var(--text)", background: "var(--bg)", border: "1px solid var(--strong)", borderRadius: "6px" };

// Marks of CodeMirror that are images of data: addresses, which the page does not allow, are
// replaced by borders and colors.
const theme = EditorView.theme({
  "&": { font: "13px/1.55 var(--mono)", color: "var(--text)", background: "var(--bg)", border: "1px solid var(--strong)", borderRadius: "6px", overflow: "hidden" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { font: "inherit", maxHeight: "62vh", overflow: "auto" },
  ".cm-content, .cm-gutter": { minHeight: "16em" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-gutters": { background: "var(--sunken)", color: "var(--dim)", borderRight: "1px solid var(--line)" },
  ".cm-activeLineGutter": { background: "none", color: "var(--text)", fontWeight: "600" },
  ".cm-foldPlaceholder": { background: "var(--accent-soft)", color: "var(--accent)", border: "0" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--bad-soft)", outline: "1px solid var(--bad)" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px", background: "var(--bad-soft)" },
  ".cm-lintRange-active": { background: "var(--bad-soft)" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--bad)" },
  ".cm-lint-marker-error": { content: "normal", width: "9px", height: "9px", margin: "4px 2px", borderRadius: "50%", background: "var(--bad)" },
  ".cm-tooltip": { background: "var(--surface)", color: "var(--text)", border: "1px solid var(--strong)", borderRadius: "6px", font: "13px/1.5 var(--sans)", maxWidth: "min(60ch, 90vw)" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
  ".cm-panels": { background: "var(--sunken)", color: "var(--text)", font: "13px/1.5 var(--sans)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.help": { display: "flex", flexWrap: "wrap", alignItems: "center", justifyContent: "space-between", gap: "4px 12px", padding: "4px 6px 4px 10px", fontSize: "12px", color: "var(--dim)" },
  ".cm-textfield:focus-visible, .cm-button:focus-visible, [name=close]:focus-visible": { outline: "2px solid var(--accent)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 32px 8px 8px" },
  ".cm-panel.cm-search label": { fontSize: "13px" },
  ".cm-textfield": { ...control, fontSize: "13px", padding: "3px 8px" },
  ".cm-button": { ...control, backgroundImage: "none", fontSize: "13px", padding: "3px 10px" },
  ".cm-panel.cm-search [name=close]": { color: "var(--text)", width: "24px", height: "24px" },
  ".cm-searchMatch": { background: "var(--wait-soft)", outline: "1px solid var(--wait)" },
  ".cm-searchMatch-selected": { background: "var(--accent-soft)", outline: "2px solid var(--accent)" },
});

const colors = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--wait)" },
  { tag: tags.punctuation, color: "var(--dim)" },
]));

// Where typed text replaces what is selected, Chromium would keep the colors of that by a style
// of its own in the text, which the page does not allow.
const replace = (event, view) => {
  if (event.inputType !== "insertText" || view.composing || view.state.readOnly || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: "input.type" });
  return true;
};

/** spaced are the changes that give each member and item of a JSON text a line of its own, and
 * nothing but white space between its parts; undefined for a text that cannot be read so. */
const spaced = (text) => {
  const part = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/y;
  const opens = (t) => t === "{" || t === "[";
  const changes = [];
  let [depth, before] = [0, ""];
  for (let at = 0, end = text.trimEnd().length; at < end;) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found) return undefined;
    const t = found[1];
    const from = part.lastIndex - t.length;
    const closes = t === "}" || t === "]";
    if (closes) depth--;
    // The service takes none that is nested deeper.
    if (depth < 0 || depth > 100) return undefined;
    let space = "";
    if (closes ? !opens(before) : opens(before) || before === ",") space = `\n${"  ".repeat(depth)}`;
    else if (!closes && before !== "" && t !== "," && t !== ":") space = " ";
    if (opens(t)) depth++;
    if (text.slice(at, from) !== space) changes.push({ from: at, to: from, insert: space });
    [at, before] = [part.lastIndex, t];
  }
  return changes;
};

const format = (view) => {
  const changes = spaced(view.state.doc.toString());
  if (!changes || view.state.readOnly) return false;
  view.dispatch({ changes, userEvent: "input.format", scrollIntoView: true });
  return true;
};

// What one cannot guess stands below the text.
const help = (view) => {
  const dom = document.createElement("div");
  dom.className = "help";
  const text = document.createElement("span");
  text.id = "help";
  text.textContent = "Tab indents; Escape, then Tab leaves the editor. F8 goes to the problem, Shift-Alt-F formats.";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cm-button";
  button.textContent = "Format";
  button.setAttribute("aria-keyshortcuts", "Shift+Alt+F");
  button.addEventListener("click", () => { format(view); view.focus(); });
  dom.append(text, button);
  return { dom };
};

/** count is the number of characters of a text, as the service counts. */
const count = (text) => text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g) ?? []).length;

/** mark is a problem as the editor marks it: on one line, and never nothing. */
const mark = (doc, { message, from, to }) => {
  const start = Math.min(from, doc.length);
  const line = doc.lineAt(start);
  let [first, last] = [start, Math.min(to, line.to)];
  if (first >= last) [first, last] = start < line.to ? [start, start + 1] : [Math.max(line.from, start - 1), start];
  return { from: first, to: last, severity: "error", message };
};

const enhance = (area) => {
  const status = area.parentElement.querySelector("[data-editor-status]");
  const label = area.labels[0];
  const described = (area.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
  let invalid = area.getAttribute("aria-invalid") === "true";

  // What changes while one types is not read out; what the server said is.
  const size = document.createElement("span");
  size.setAttribute("aria-live", "off");
  const said = document.createElement("span");
  status.setAttribute("aria-live", "polite");
  status.replaceChildren(size, " ", said);
  let limit = Number(area.dataset.limit ?? 0);
  const measure = (text) => {
    const number = (n) => n.toLocaleString("en-US");
    const now = count(text);
    size.textContent = `${number(now)}${limit ? ` of ${number(limit)}` : ""} characters.`;
    size.className = limit && now > limit ? "problem" : "";
  };
  const say = (text, isProblem) => {
    if (said.textContent !== text) said.textContent = text;
    said.className = isProblem ? "problem" : "";
  };

  let asked;
  let timer;
  const show = (verdict) => {
    const { doc } = view.state;
    limit = verdict.limit;
    measure(area.value);
    invalid = !verdict.valid;
    view.dispatch(setDiagnostics(view.state, verdict.problems.filter((p) => p.line).map((p) => mark(doc, p))));
    const [first] = verdict.problems;
    say(first ? `${first.line ? `Line ${first.line}, column ${first.column}: ` : ""}${first.message}` : "No problem found.", Boolean(first));
  };
  const ask = async (text) => {
    const own = asked = new AbortController();
    try {
      const form = new URLSearchParams({ csrf: area.form.querySelector("[name=csrf]").value, type: area.dataset.editor, content: text });
      const answer = await fetch(area.dataset.check, { method: "POST", body: form, signal: own.signal });
      const verdict = await answer.json();
      if (own !== asked) return;
      if (answer.ok) show(verdict);
      else say(`Not checked: ${verdict.error}`, true);
    } catch {
      if (own === asked) say("Not checked: the server does not answer.", true);
    }
  };
  const check = (wait) => {
    clearTimeout(timer);
    const previous = asked;
    asked = undefined;
    previous?.abort();
    const text = area.value;
    if (text.trim() === "") {
      invalid = false;
      say("", false);
      view.dispatch(setDiagnostics(view.state, []));
    } else if (text.length > longest) {
      say("Not checked: the text is too long.", true);
    } else {
      timer = setTimeout(ask, wait, text);
    }
  };

  const host = document.createElement("div");
  const tree = host.attachShadow({ mode: "open" });
  const note = document.createElement("p");
  note.id = "note";
  note.hidden = true;
  note.textContent = described.join(" ");
  const view = new EditorView({
    root: tree,
    parent: tree,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), foldGutter(), lintGutter(), highlightSpecialChars(), history(), json(), indentOnInput(),
        bracketMatching(), search({ top: true }), showPanel.of(help), EditorView.lineWrapping, theme, colors,
        EditorState.readOnly.of(area.readOnly),
        // After Escape, Tab moves to what follows, until one types or comes back.
        Prec.highest(keymap.of([{ key: "Escape", run: (v) => { v.setTabFocusMode(true); return false; } }])),
        EditorView.domEventHandlers({ focus: (_, v) => { v.setTabFocusMode(false); }, beforeinput: replace }),
        keymap.of([{ key: "F8", run: nextDiagnostic }, { key: "Shift-Alt-f", run: format }, indentWithTab, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of(() => ({
          "aria-label": label?.textContent.trim() ?? "Policy", "aria-describedby": "note help", "aria-invalid": String(invalid), spellcheck: "false",
          // What scrolls has something in it that takes the focus.
          tabindex: "0",
        })),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          update.view.setTabFocusMode(false);
          area.value = update.state.doc.toString();
          measure(area.value);
          area.dispatchEvent(new Event("input", { bubbles: true }));
          check(pause);
        }),
      ],
    }),
  });
  tree.append(note);
  area.before(host);
  area.hidden = true;
  // A browser cannot show what it requires of a field that is hidden.
  area.required = false;
  label?.addEventListener("click", () => view.focus());
  area.form.addEventListener("reset", () => setTimeout(() => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  }));
  measure(area.value);
  check(0);
};

for (const area of document.querySelectorAll("form textarea[data-editor]")) enhance(area);
