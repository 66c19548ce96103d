"use strict";
(() => {
  const form = document.getElementById("filter");
  const query = document.getElementById("query");
  const theory = document.getElementById("theory"); // on the page of all theories
  const count = document.getElementById("count");
  const boxes = [...form.querySelectorAll("input[name=verdict]")];
  const claims = [...document.querySelectorAll(".claim")];
  const groups = [...document.querySelectorAll(".chapter, .theory")];
  const texts = new Map();
  // Names such as n_min are typeset: neither the sign nor a bracket of a typed name stands in the text.
  const plain = (written) => written.toLowerCase().replace(/[_^(){}]/g, "");
  const text = (claim) => {
    if (!texts.has(claim)) texts.set(claim, plain(`${claim.textContent} ${claim.dataset.words || ""}`));
    return texts.get(claim);
  };

  function show() {
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = plain(query.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      const fits = verdicts.has(claim.dataset.verdict) && (!theory?.value || theory.value === claim.dataset.theory)
        && words.every((word) => text(claim).includes(word));
      claim.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector(".claim:not([hidden])");
    count.textContent = `${shown} of ${claims.length} claims are shown.`;
  }

  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.classList.contains("claim")) return;
    if (target.hidden) { form.reset(); show(); }
    target.open = true;
    target.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open")?.addEventListener("click", () => { for (const claim of claims) claim.open = !claim.hidden || claim.open; });
  document.getElementById("close")?.addEventListener("click", () => { for (const claim of claims) claim.open = false; });
  window.addEventListener("hashchange", follow);
  show();
  follow();
})();
