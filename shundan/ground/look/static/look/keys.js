// The keyboard: rows, choices, pages.
"use strict";
(() => {
  const typing = (target) => target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');
  let waitsForPage = 0;

  function go(letter) {
    const link = document.querySelector(`.nav-item[data-letter="${CSS.escape(letter)}"]`);
    if (link) location.href = link.href;
  }
  function queue(step) { // pages with a queue of links instead of a table
    const links = [...document.querySelectorAll(".queue a, [data-queue] a[data-row]")];
    if (!links.length) return false;
    const at = links.findIndex((link) => link === document.activeElement || link.matches('[aria-current], .current'));
    const link = links[Math.max(0, Math.min(links.length - 1, at + step))];
    link.focus();
    link.click();
    return true;
  }
  function escape() {
    const pill = document.querySelector("details.pill[open]");
    if (pill) { pill.open = false; pill.querySelector("summary").focus(); return; }
    if (typing(document.activeElement)) return document.activeElement.blur();
    if (window.shundan.closeDrawer?.()) return;
    const chosen = document.querySelectorAll('input[name="row"]:checked');
    if (chosen.length) document.querySelector("[data-uncheck]")?.click();
  }
  // A button that prints its key is pressed by it; the drawer's come before the page's.
  function printed(key) {
    const keys = [...document.querySelectorAll("#drawer .button kbd"), ...document.querySelectorAll("main .button kbd, .station .button kbd")];
    return keys.find((one) => one.textContent.trim().toLowerCase() === key && one.offsetParent)?.closest(".button");
  }
  function choose(number) {
    const target = document.querySelector(`[data-key="${number}"]`);
    if (target) { target.matches("input") ? (target.checked = true, target.focus(), target.dispatchEvent(new Event("change", { bubbles: true }))) : target.click(); return true; }
    const choice = document.querySelectorAll(".choices input[type=radio]")[number - 1];
    if (choice) { choice.checked = true; choice.focus(); choice.dispatchEvent(new Event("change", { bubbles: true })); return true; }
    const button = printed(String(number));
    button?.click();
    return Boolean(button);
  }
  function enter(event) {
    if (document.activeElement.matches("a, button, summary, input, select, textarea")) return;
    const row = window.shundan.currentRow?.();
    const target = row?.querySelector(".row-link") || document.querySelector("[data-enter]") || printed("⏎");
    if (target) { event.preventDefault(); target.click(); }
  }

  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      const field = document.getElementById("search");
      field?.focus();
      field?.select();
      return;
    }
    const search = event.target.closest?.(".search"); // arrows walk through what the search found
    if (search && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const stops = [search.querySelector("input"), ...search.querySelectorAll(".palette a")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (search && event.key === "Escape") document.getElementById("palette")?.replaceChildren();
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) return escape();
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || typing(event.target) || document.body.querySelector(".station")) return;
    if (Date.now() < waitsForPage) { waitsForPage = 0; event.preventDefault(); return go(event.key.toLowerCase()); }
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step && (event.key.length === 1 || document.querySelector("table.rows .current"))) {
      if (window.shundan.step?.(step) || window.shundan.walk?.(step) || queue(step)) event.preventDefault();
    } else if (event.key === "x") window.shundan.currentRow?.()?.querySelector('input[name="row"]')?.click();
    else if (event.key === "Enter") enter(event);
    else if (event.key === "/") { const field = document.querySelector("[data-slash]") || document.getElementById("quick") || document.getElementById("search"); if (field) { event.preventDefault(); field.focus(); field.select?.(); } }
    else if (event.key === "?") document.getElementById("keys")?.showModal();
    else if (event.key === "g") waitsForPage = Date.now() + 1500;
    else if (/^[1-9]$/.test(event.key)) { if (choose(Number(event.key))) event.preventDefault(); }
    else if (event.key.length === 1) { const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`) || printed(event.key.toLowerCase()); if (target) { event.preventDefault(); target.click(); } }
  });
})();
