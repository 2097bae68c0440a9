import { Html } from '../parts/html-text.js'

/** The page's style sheet: readable without a font or a script, in light and in dark. */
export const pageStyle = new Html(`
:root { color-scheme: light dark; --text: #1d2329; --faint: #5f6b76; --page: #ffffff; --card: #f6f7f9; --line: #d5dae0;
  --blocked: #b3261e; --checkpointable: #1a7f37; --failed: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --faint: #9aa6b2; --page: #14181c; --card: #1e2429;
  --line: #39424b; --blocked: #ff8a80; --checkpointable: #6fdd8b; --failed: #f0b95a; } }
body { max-width: 62rem; margin: 0 auto; padding: 1rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.2rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.05rem; margin: 0 0 .5rem; }
h2, h3, dd, td, summary { overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
.verdict { color: var(--page); border-radius: .3rem; padding: .1rem .5rem; font-size: .9rem; }
.verdict.blocked { background: var(--blocked); } .verdict.failed { background: var(--failed); }
.verdict.checkpointable { background: var(--checkpointable); }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: .3rem;
  padding: .8rem 1rem; margin: 1rem 0; }
.card.blocked { border-left-color: var(--blocked); } .card.failed { border-left-color: var(--failed); }
.kind, .fold { color: var(--faint); font-weight: normal; } .kind { font-size: .85rem; }
.line { display: block; } .owner { color: var(--blocked); font-weight: bold; } .note { display: block; color: var(--failed); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--faint); } dd { margin: 0; min-width: 0; }
code, pre { font: .85rem/1.45 ui-monospace, monospace; } pre { overflow-x: auto; margin: .4rem 0; white-space: pre; }
details { margin: .4rem 0; } summary { cursor: pointer; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .2rem .6rem .2rem 0; }
`)
