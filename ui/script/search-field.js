// Suggestions while one types: an editable combobox with a listbox (ARIA Authoring Practices Guide).
// Without this script the form searches all the same.

/** Milliseconds of silence before asking: below that a fast typist would ask once a letter. */
const PAUSE_MS = 80;

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 */
function suggest(form, input) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  /** @type {AbortController | undefined} */
  let asking;
  /** @type {number | undefined} */
  let waiting;
  let active = -1;

  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label ?? "");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  form.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const options = () => [...list.querySelectorAll('[role="option"]')];

  /** @param {boolean} open */
  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  }

  /** @param {number} index */
  function mark(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function stop() {
    clearTimeout(waiting);
    asking?.abort();
  }

  async function ask() {
    const text = input.value.trim();
    asking?.abort();
    if (!text) return show(false);
    asking = new AbortController();
    const address = `${form.dataset.suggestions}?q=${encodeURIComponent(text)}`;
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return show(false);
      list.innerHTML = await answer.text();
    } catch {
      return; // A newer question took its place, or the network is gone: the form still works.
    }
    status.textContent = list.querySelector("[data-announcement]")?.getAttribute("data-announcement") ?? "";
    mark(-1);
    show(options().length > 0 && document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });

  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      stop();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
      event.preventDefault();
      show(true);
      // Before the first and after the last comes the field itself, -1.
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(options()[active]);
    }
  });

  /** @param {Element | null | undefined} option */
  function choose(option) {
    const href = option?.getAttribute("data-href");
    if (href) location.assign(href);
  }

  // The field keeps the focus, so that a click is not a blur first.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    if (event.target instanceof Element) choose(event.target.closest('[role="option"]'));
  });
  input.addEventListener("blur", () => {
    stop();
    show(false);
  });
  form.addEventListener("submit", stop);
}

for (const form of document.querySelectorAll("form[data-suggestions]")) {
  const input = form.querySelector("input");
  if (form instanceof HTMLFormElement && input) suggest(form, input);
}
