// What every page needs: the request token for htmx, toasts, copying, small switches, the network banner.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf"]');
    if (event.detail.verb === "get") { // a filter left empty is no part of the address
      const given = event.detail.parameters;
      for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
    }
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });
  // Refusals come with a 4xx status and a sentence: htmx must show them.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400 && status < 600 && event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
    else if (status === 422) event.detail.shouldSwap = true;
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, () => offline(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) offline(false); });

  function offline(is) {
    const banner = document.getElementById("offline");
    if (banner) banner.hidden = !is;
  }
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));

  function settle(toast) {
    if (toast.dataset.settled) return;
    toast.dataset.settled = "1";
    if (toast.classList.contains("error")) return toast.addEventListener("click", () => toast.remove());
    setTimeout(() => { toast.classList.add("leaving"); setTimeout(() => toast.remove(), 260); }, toast.querySelector("form") ? 10000 : 5000);
  }
  function toast(words, kind = "") {
    const box = document.createElement("div");
    box.className = `toast ${kind}`;
    const line = document.createElement("p");
    line.textContent = words;
    box.append(line);
    document.getElementById("toasts")?.append(box);
    settle(box);
  }
  window.shundan = Object.assign(window.shundan || {}, { toast });

  document.addEventListener("click", async (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      event.preventDefault();
      await navigator.clipboard?.writeText(copier.dataset.copy);
      copier.classList.add("copied");
      setTimeout(() => copier.classList.remove("copied"), 900);
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog)?.showModal(); }
    if (!event.target.closest("details.pill")) all("details.pill[open]").forEach((pill) => { pill.open = false; });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm || event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
  addEventListener("hashchange", () => { if (location.hash === "#nav") document.querySelector("#nav a.nav-item")?.focus(); });

  const ready = () => all("[data-toast]").forEach(settle);
  document.addEventListener("htmx:afterSettle", ready);
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
})();
