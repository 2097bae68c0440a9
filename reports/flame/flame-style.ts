import { Html } from '../parts/html-text.js'

/** The flame graph's style sheet: light and dark, and readable without colours and without the script. */
export const flameStyle = new Html(`
:root { color-scheme: light dark; --text: #1d2329; --faint: #55616c; --page: #ffffff; --line: #8a95a0; --focus: #0b57d0;
  --app: #ffcf9e; --jdk: #d7e3f1; --native: #e2d9f3; --note: #e9ebee; --hit: #ffe600; }
@media (prefers-color-scheme: dark) { :root { --text: #eef1f4; --faint: #a9b4bf; --page: #14181c; --line: #6b7680;
  --focus: #8ab4f8; --app: #7d4510; --jdk: #2c4158; --native: #443763; --note: #343b43; --hit: #8a6d00; } }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.2rem; margin: 0 0 .3rem; overflow-wrap: anywhere; } p { margin: .3rem 0; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .5rem 0; }
.controls[hidden] { display: none; }
input, .controls button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line);
  border-radius: .3rem; padding: .15rem .5rem; }
.legend span { padding: 0 .4rem; margin-right: .5rem; border: 1px solid var(--line); }
#detail { font: .85rem/1.45 ui-monospace, monospace; min-height: 2.9em; overflow-wrap: anywhere; color: var(--faint); }
#graph { position: relative; margin-top: .5rem; }
.box { position: absolute; box-sizing: border-box; height: 1.4rem; margin: 0; padding: 0; overflow: hidden; border: 0;
  border-right: 1px solid var(--page); color: var(--text); font: .75rem/1.4rem ui-monospace, monospace; text-align: left;
  text-indent: .25rem; white-space: nowrap; text-overflow: ellipsis; cursor: pointer; }
.box[hidden] { display: none; }
.app { background: var(--app); } .jdk { background: var(--jdk); } .native { background: var(--native); }
.note { background: var(--note); } .box.around { opacity: .6; }
.box.hit { background: var(--hit); font-weight: bold; text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; } .box:focus-visible { z-index: 1; }
`)
