import { PHONE_SCRIPT } from './script.ts'
import { PHONE_STYLE } from './style.ts'

/**
 * The customer's phone: one HTML page without outside assets. It is a string in a module, not a file beside it, so that it
 * is there in the compiled package too.
 */
export const PHONE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Customer's phone · Casement sandbox</title>
<style>${PHONE_STYLE}</style>
</head>
<body>
<header class="bar">
  <h1>Customer's phone</h1>
  <p>You are the customer here. Nothing leaves this machine: the sandbox stands in for WhatsApp.</p>
  <div class="clock" role="group" aria-label="Sandbox clock">
    <span id="clock" title="The sandbox's own time">–</span>
    <button class="plain" type="button" data-advance="3600000" aria-label="Move the sandbox clock one hour ahead">+1 h</button>
    <button class="plain" type="button" data-advance="86400000" aria-label="Move the sandbox clock one day ahead">+24 h</button>
  </div>
</header>
<main class="stage">
  <section class="panel people" aria-labelledby="people-title">
    <h2 id="people-title">Customers</h2>
    <ul id="people"></ul>
    <form class="add" id="add">
      <label>Number, with country code<input name="wa_id" inputmode="tel" autocomplete="off" placeholder="+49 151 23456789" required></label>
      <label>Name<input name="name" autocomplete="off" placeholder="Mia Wagner"></label>
      <button class="solid" type="submit">Add customer</button>
    </form>
  </section>
  <section class="phone" aria-label="Chat">
    <header>
      <div><strong id="business">–</strong><small id="subtitle">&nbsp;</small></div>
      <label class="sr" for="number">Business number</label>
      <select id="number" hidden></select>
    </header>
    <div class="window" id="window" role="status"><p id="window-text">–</p><div class="meter" aria-hidden="true"><i id="meter"></i></div><p id="entry-text" hidden></p></div>
    <div class="thread" id="thread" role="log" aria-label="Messages" tabindex="0"></div>
    <div class="typing" id="typing" aria-live="polite" hidden></div>
    <form class="write" id="write">
      <label class="sr" for="text">Message</label>
      <input id="text" autocomplete="off" placeholder="Message">
      <button class="solid" type="submit">Send</button>
    </form>
  </section>
  <section class="panel acts" aria-labelledby="acts-title">
    <h2 id="acts-title">What the customer does</h2>
    <button class="plain" type="button" data-act="arrive-from-ad">Arrive from an ad<small>writes first, through Click-to-WhatsApp</small></button>
    <button class="plain" type="button" data-act="call">Call the business<small>opens the window like a message</small></button>
    <button class="plain" type="button" data-act="react">React with 👍<small>to the last message received</small></button>
    <button class="plain" type="button" data-act="stop">Write STOP<small>the word, as a message</small></button>
    <button class="plain" type="button" data-act="marketing" aria-pressed="false">Stop marketing messages<small>the switch inside WhatsApp</small></button>
    <button class="plain" type="button" data-act="power" aria-pressed="false">Switch the phone off<small>messages wait at one tick</small></button>
    <button class="plain" type="button" data-act="hide" aria-pressed="false">Hide the number<small>the business sees only a user id</small></button>
    <button class="plain" type="button" data-act="colleague">A colleague answers<small>of the business, from the phone app</small></button>
    <button class="plain" type="button" data-act="responder" aria-pressed="false">Another responder has you<small>the business may send templates only</small></button>
    <button class="plain" type="button" data-act="recycle">Lose the number to somebody else<small>same wa_id, new person, nobody tells</small></button>
    <button class="plain" type="button" data-act="move">Move to a new number<small>same person, new wa_id and user id</small></button>
    <dl class="facts" id="facts"></dl>
  </section>
</main>
<div class="toast" id="toast" role="alert" hidden></div>
<script>${PHONE_SCRIPT}</script>
</body>
</html>
`
