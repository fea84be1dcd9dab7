// The code editor: `window.mwEditor`. One object per element, no knowledge of the pages around it.
//
//   const editor = mwEditor.create(element, { doc, onChange, onCursor, onSave, readOnly, label })
//   onChange(text)        150 ms after the last keystroke
//   onCursor(offset)      when the caret moves by the user's hand
//   mwEditor.setDoc(editor, text)             keeps the caret where it can
//   mwEditor.setDiagnostics(editor, [{ from, to, severity, message }])
//   mwEditor.select(editor, from, to)         scrolls there, without a call of onCursor
//   mwEditor.replace(editor, from, to, text)  one undoable edit
//   mwEditor.setTheme(editor, "dark" | "light" | "system")
//   mwEditor.destroy(editor)
//
// Offsets are UTF-16 code units of the document, as the browser counts them.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const TYPING_PAUSE_MS = 150;
const fromOutside = Annotation.define();
const dark = new Compartment();

// Colours come from the page's tokens, so the theme follows the page by itself.
const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--editor-key)" },
  { tag: tags.string, color: "var(--editor-string)" },
  { tag: tags.number, color: "var(--editor-number)" },
  { tag: [tags.bool, tags.null], color: "var(--editor-word)" },
  { tag: tags.invalid, color: "var(--danger)", textDecoration: "underline wavy" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--text-3)" },
]);

function isDark(theme) {
  if (theme === "dark" || theme === "light") return theme === "dark";
  const root = document.documentElement.classList;
  if (root.contains("dark") || root.contains("light")) return root.contains("dark");
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function darkness(theme) {
  return EditorView.theme({}, { dark: isDark(theme) });
}

function create(parent, options = {}) {
  const { doc = "", onChange, onCursor, onSave, readOnly = false, label = "Definition" } = options;
  let pause;
  const report = EditorView.updateListener.of((update) => {
    const ours = update.transactions.some((change) => change.annotation(fromOutside));
    if (update.docChanged && !ours && onChange) {
      clearTimeout(pause);
      pause = setTimeout(() => onChange(update.view.state.doc.toString()), TYPING_PAUSE_MS);
    }
    if (update.selectionSet && !ours && onCursor) onCursor(update.state.selection.main.head);
  });
  const save = onSave ? [{ key: "Mod-s", preventDefault: true, run: () => (onSave(), true) }] : [];
  // Tab indents; Escape and then Tab leaves the editor, so the keyboard is never caught.
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        foldGutter({ openText: "▾", closedText: "▸" }),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        json(),
        lintGutter(),
        syntaxHighlighting(colours),
        dark.of(darkness("system")),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ "aria-label": label }),
        keymap.of([...save, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
        report,
      ],
    }),
  });
  view.mwStop = () => clearTimeout(pause);
  return view;
}

function clamp(view, offset) {
  return Math.max(0, Math.min(offset, view.state.doc.length));
}

window.mwEditor = {
  create,
  getDoc: (view) => view.state.doc.toString(),
  setDoc(view, text) {
    if (view.state.doc.toString() === text) return;
    const caret = Math.min(view.state.selection.main.head, text.length);
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      selection: { anchor: caret },
      annotations: fromOutside.of(true),
    });
  },
  replace(view, from, to, text) {
    view.dispatch({
      changes: { from: clamp(view, from), to: clamp(view, to), insert: text },
      annotations: fromOutside.of(true),
    });
  },
  setDiagnostics(view, list) {
    const known = list.map((one) => ({
      from: clamp(view, one.from),
      to: Math.max(clamp(view, one.from), clamp(view, one.to)),
      severity: one.severity ?? "error",
      message: one.message,
      source: one.source,
    }));
    view.dispatch(setDiagnostics(view.state, known));
  },
  select(view, from, to = from) {
    view.dispatch({
      selection: { anchor: clamp(view, from), head: clamp(view, to) },
      effects: EditorView.scrollIntoView(clamp(view, from), { y: "center" }),
      annotations: fromOutside.of(true),
    });
  },
  focus: (view) => view.focus(),
  setTheme(view, theme) {
    view.dispatch({ effects: dark.reconfigure(darkness(theme)) });
  },
  destroy(view) {
    view.mwStop();
    view.destroy();
  },
};
