/** The look of the customer's phone: plain CSS, light and dark, one column on narrow screens. */
export const PHONE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #111b21; --soft: #5b6b75; --line: #d9dfe3; --page: #e9eef0; --card: #ffffff; --accent: #0b7a5f;
  --accent-ink: #ffffff; --chat: #efe9e1; --mine: #d7f8cf; --theirs: #ffffff; --warn: #8a4b00; --warn-bg: #fff3df;
  --ok-bg: #e2f5ec; --bad: #a4262c; --tick: #7d8d96; --read: #0a84d0; --ring: #0b57d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e9edef; --soft: #9fb0b9; --line: #2a3942; --page: #0b141a; --card: #17212b; --accent: #1fa67f;
    --accent-ink: #06140f; --chat: #0e171d; --mine: #075446; --theirs: #202c33; --warn: #ffd08a; --warn-bg: #3a2c14;
    --ok-bg: #11352a; --bad: #ff9a9e; --tick: #93a4ad; --read: #62bdf6; --ring: #8ab4f8;
  }
}
* { box-sizing: border-box; scrollbar-width: thin; }
[hidden] { display: none !important; }
html, body { height: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); display: grid; grid-template-rows: auto 1fr;
  font: 15px/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
}
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h1, h2, p { margin: 0; }
.bar {
  display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .6rem 1rem; background: var(--card);
  border-bottom: 1px solid var(--line);
}
.bar h1 { font-size: 1.05rem; }
.bar p { color: var(--soft); flex: 1 1 14rem; font-size: .88rem; }
.clock { display: flex; gap: .4rem; align-items: center; font-size: .88rem; font-variant-numeric: tabular-nums; }
.plain {
  border: 1px solid var(--line); background: transparent; border-radius: 999px; padding: .35rem .8rem; cursor: pointer;
  min-height: 2.1rem; font-size: .88rem; white-space: nowrap;
}
.plain:hover { border-color: var(--accent); }
.plain[aria-pressed='true'] { background: var(--warn-bg); color: var(--warn); border-color: currentColor; }
.stage {
  display: grid; grid-template-columns: minmax(14rem, 19rem) minmax(20rem, 27rem) minmax(13rem, 18rem); gap: 1.25rem;
  justify-content: center; padding: 1.25rem; min-height: 0;
}
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: .9rem; min-height: 0; }
.people { display: flex; flex-direction: column; gap: .7rem; }
.panel h2 { font-size: .95rem; margin-bottom: .5rem; }
.people ul { list-style: none; margin: 0; padding: 0; overflow-y: auto; flex: 1; }
.person {
  display: grid; grid-template-columns: 2.5rem 1fr auto; gap: .1rem .7rem; width: 100%; text-align: left; border: 0;
  background: transparent; border-radius: 10px; padding: .5rem; cursor: pointer; align-items: center;
}
.person:hover { background: var(--page); }
.person[aria-current='true'] { background: var(--ok-bg); }
.avatar {
  grid-row: span 2; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; font-weight: 600;
  background: var(--accent); color: var(--accent-ink); font-size: .9rem;
}
.person b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.person small { color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; grid-column: 2; }
.badge {
  grid-column: 3; grid-row: 1 / span 2; background: var(--accent); color: var(--accent-ink); border-radius: 999px;
  min-width: 1.4rem; padding: 0 .4rem; text-align: center; font-size: .8rem; font-weight: 600;
}
form.add { display: grid; gap: .4rem; border-top: 1px solid var(--line); padding-top: .7rem; }
form.add label { font-size: .82rem; color: var(--soft); display: grid; gap: .15rem; }
input, select {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .45rem .6rem; min-height: 2.3rem;
  min-width: 0; width: 100%;
}
.solid {
  background: var(--accent); color: var(--accent-ink); border: 0; border-radius: 999px; padding: .5rem 1rem; cursor: pointer;
  font-weight: 600; min-height: 2.3rem;
}
.phone {
  display: flex; flex-direction: column; min-height: 0; border-radius: 34px; border: 10px solid #10181d; overflow: hidden;
  background: var(--chat); box-shadow: 0 12px 34px rgb(0 0 0 / .22); height: 100%; max-height: 56rem;
}
.phone header { background: var(--accent); color: var(--accent-ink); padding: .7rem .9rem; display: flex; gap: .6rem; align-items: center; }
.phone header > div { flex: 1; min-width: 0; }
.phone header strong { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.phone header small { opacity: .92; }
.phone header select { width: auto; max-width: 11rem; color: var(--ink); }
.window { padding: .45rem .9rem; font-size: .84rem; background: var(--warn-bg); color: var(--warn); font-variant-numeric: tabular-nums; }
.window.open { background: var(--ok-bg); color: var(--ink); }
.window p + p { margin-top: .15rem; }
.meter { height: 4px; border-radius: 4px; background: color-mix(in srgb, currentColor 18%, transparent); margin-top: .3rem; overflow: hidden; }
.meter i { display: block; height: 100%; background: var(--accent); }
.thread { flex: 1; overflow-y: auto; padding: .9rem; display: flex; flex-direction: column; gap: .5rem; min-height: 12rem; }
.empty { margin: auto; text-align: center; color: var(--soft); max-width: 17rem; }
.row { display: flex; flex-direction: column; max-width: 86%; align-self: flex-start; gap: .2rem; }
.row.in { align-self: flex-end; align-items: flex-end; }
.bubble {
  background: var(--theirs); border-radius: 4px 14px 14px 14px; padding: .5rem .7rem .35rem; box-shadow: 0 1px 1px rgb(0 0 0 / .12);
  overflow-wrap: anywhere; white-space: pre-wrap;
}
.in .bubble { background: var(--mine); border-radius: 14px 4px 14px 14px; }
.row.failed .bubble { background: transparent; border: 1px dashed var(--bad); box-shadow: none; color: var(--soft); }
.bubble .head { font-weight: 600; display: block; }
.bubble .foot { color: var(--soft); font-size: .84rem; display: block; margin-top: .2rem; }
.bubble .quote {
  display: block; border-left: 3px solid var(--accent); padding: .2rem .5rem; margin-bottom: .3rem; font-size: .84rem; color: var(--soft);
  background: color-mix(in srgb, var(--ink) 6%, transparent); border-radius: 4px; overflow: hidden; max-height: 3.05em;
}
.stamp { display: block; text-align: right; font-size: .72rem; color: var(--soft); margin-top: .1rem; }
.tick { letter-spacing: -.25em; padding-right: .25em; color: var(--tick); }
.tick.read { color: var(--read); }
.taps { display: grid; gap: .3rem; width: 100%; }
.taps button {
  background: var(--theirs); border: 0; border-radius: 10px; padding: .55rem .7rem; color: var(--accent); font-weight: 600; cursor: pointer;
  box-shadow: 0 1px 1px rgb(0 0 0 / .12); min-height: 2.5rem;
}
.taps button:disabled { color: var(--soft); cursor: default; font-weight: 500; }
.note { font-size: .72rem; color: var(--soft); }
.row.failed .note { color: var(--bad); }
.typing { color: var(--soft); font-size: .84rem; padding: 0 .9rem .3rem; min-height: 1.5rem; }
.write { display: flex; gap: .5rem; padding: .6rem; background: var(--card); border-top: 1px solid var(--line); }
.write input { border-radius: 999px; padding-inline: 1rem; }
.acts { display: grid; gap: .5rem; align-content: start; }
.acts .plain { border-radius: 10px; text-align: left; padding: .55rem .8rem; white-space: normal; min-height: 2.6rem; }
.acts small { display: block; color: var(--soft); }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .2rem .7rem; margin: .6rem 0 0; font-size: .82rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.toast {
  position: fixed; left: 50%; bottom: 1.2rem; transform: translateX(-50%); background: var(--ink); color: var(--page); padding: .6rem 1rem;
  border-radius: 10px; max-width: min(34rem, 92vw); box-shadow: 0 6px 20px rgb(0 0 0 / .3);
}
@media (max-width: 70rem) {
  body { display: block; height: auto; }
  .stage { grid-template-columns: minmax(12rem, 17rem) minmax(19rem, 27rem); }
  .people, .phone { height: 78vh; min-height: 26rem; }
  .acts { grid-column: 1 / -1; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); }
  .acts h2, .acts .facts { grid-column: 1 / -1; }
}
@media (max-width: 46rem) {
  .stage { grid-template-columns: minmax(0, 1fr); padding: .75rem; }
  .people { height: auto; min-height: 0; }
  .phone { order: -1; border-width: 6px; border-radius: 24px; height: 82vh; }
  .people ul { max-height: 14rem; }
}
@media (prefers-reduced-motion: no-preference) { .meter i { transition: width 1s linear; } }
`
