// Everything works without this file; it only saves steps. No inline script is allowed or needed.
"use strict";

// A menu closes when one leaves it or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form that came back refused: one stands at once where the reason is.
const wrong = document.querySelector("main [data-focus], main .field.wrong :is(input, select, textarea)");
if (wrong) wrong.focus();

// A form that was sent is not sent again by a second click.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button[data-once]");
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});

// What takes longer than a second says so, with a bar and a count.
document.addEventListener("submit", (event) => {
  const busy = document.getElementById(event.target.dataset.busy);
  if (busy) setTimeout(() => { busy.hidden = false; }, 1000);
});

// Reviewing what was read: the place on the page of the field one stands in is marked, and a click on it goes to the field.
const review = document.querySelector("[data-review]");
if (review) {
  const spots = [...review.querySelectorAll("[data-for]")];
  review.addEventListener("focusin", (event) => {
    for (const spot of spots) spot.classList.toggle("here", spot.dataset.for === event.target.id);
    const here = spots.find((spot) => spot.dataset.for === event.target.id);
    const pages = review.querySelector(".page-images");
    if (here && pages.scrollHeight > pages.clientHeight) {
      const seen = here.getBoundingClientRect();
      const frame = pages.getBoundingClientRect();
      if (seen.top < frame.top || seen.bottom > frame.bottom) pages.scrollTop += seen.top - frame.top - frame.height / 3;
    }
  });
  review.addEventListener("click", (event) => {
    const field = event.target.dataset?.for && document.getElementById(event.target.dataset.for);
    if (field) field.focus();
  });
  const first = review.querySelector(".field.wrong :is(input, select), .field.doubtful :is(input, select)");
  if (first) first.focus({ preventScroll: true });
}

// Taking in files: one by one, each result shown at once, with a bar and a count.
const drop = document.querySelector("form[data-drop]");
if (drop) {
  const field = drop.querySelector("input[type=file]");
  const results = document.querySelector("[data-results]");
  const progress = document.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const count = progress.querySelector("[data-count]");
  const most = Number(drop.dataset.most);

  const refusal = (name, words) => {
    const row = document.createElement("li");
    const title = document.createElement("p");
    const what = document.createElement("p");
    title.textContent = name;
    what.textContent = words;
    what.className = "is-late";
    row.append(title, what);
    results.prepend(row);
  };

  const take = async (file) => {
    if (file.size > most) return refusal(file.name, drop.dataset.large);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", drop.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("files", file);
    if (drop.querySelector("[name=unsent]").checked) body.append("unsent", "1");
    try {
      const answer = await fetch(drop.action, { method: "POST", body, headers: { "X-Part": "results" } });
      if (answer.redirected) return refusal(file.name, drop.dataset.out);
      if (!answer.ok) throw new Error(String(answer.status));
      results.insertAdjacentHTML("afterbegin", await answer.text());
    } catch (error) {
      refusal(file.name, drop.dataset.failed);
    }
  };

  const takeAll = async (files) => {
    if (!files.length) return;
    results.closest("[hidden]")?.removeAttribute("hidden");
    bar.max = files.length;
    bar.value = 0;
    // Nothing is shown for what is done within a second.
    const show = setTimeout(() => { progress.hidden = false; }, 1000);
    for (const [index, file] of files.entries()) {
      count.textContent = drop.dataset.count.replace("{n}", index + 1).replace("{of}", files.length);
      await take(file);
      bar.value = index + 1;
    }
    clearTimeout(show);
    progress.hidden = true;
    field.value = "";
    const title = document.querySelector("[data-results-title]");
    if (title) title.focus();
  };

  drop.addEventListener("submit", (event) => {
    if (!field.files.length) return;
    event.preventDefault();
    takeAll([...field.files]);
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    takeAll([...event.dataTransfer.files]);
  });
}
