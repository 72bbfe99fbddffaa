// A changed filter takes effect at once, and the address stays short. Without this script there is the button.

/** Where the control that was used is remembered while the page loads anew. */
const KEY = "filter-in-use";

/** @param {HTMLFormElement} form */
function address(form) {
  const pairs = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") pairs.append(name, String(value));
  }
  const query = pairs.toString();
  return form.getAttribute("action") + (query && `?${query}`);
}

/** @param {HTMLFormElement} form */
function apply(form) {
  let typing = false;

  /** @param {Element | null} control */
  function go(control) {
    if (control instanceof HTMLInputElement) sessionStorage.setItem(KEY, `${control.name}=${control.value}`);
    location.assign(address(form));
  }

  // With the arrow keys every step through a list is a change: then the button decides.
  form.addEventListener("keydown", () => (typing = true));
  form.addEventListener("pointerdown", () => (typing = false));
  form.addEventListener("change", (event) => {
    const control = event.target instanceof Element ? event.target : null;
    if (!(control instanceof HTMLSelectElement && typing)) go(control);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(null);
  });
}

/** Gives the focus back to the control that was used. */
function restore() {
  const [name = "", value] = (sessionStorage.getItem(KEY) ?? "").split("=");
  sessionStorage.removeItem(KEY);
  for (const control of document.getElementsByName(name)) {
    if (control instanceof HTMLInputElement && control.value === value) {
      control.closest("details")?.setAttribute("open", "");
      control.focus();
    }
  }
}

for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  if (form instanceof HTMLFormElement) apply(form);
}
restore();
