// Starts the app, or says in plain words why it does not start.
import init from "{{app}}";

init({ module_or_path: "{{wasm}}" }).catch((reason) => {
  console.error(reason);
  const page = document.getElementById("loading") ?? document.body.appendChild(document.createElement("main"));
  page.className = "alone";
  const section = document.createElement("section");
  section.className = "failure";
  section.setAttribute("role", "alert");
  const heading = document.createElement("h1");
  heading.textContent = "The workshop did not start";
  const what = document.createElement("p");
  what.textContent = `The browser says: ${reason instanceof Error ? reason.message : reason}`;
  const now = document.createElement("p");
  now.textContent = "Reload the page. If that does not help, check that this browser runs WebAssembly and lets the page "
    + "keep session storage; private windows and strict privacy settings may forbid both.";
  section.append(heading, what, now);
  page.replaceChildren(section);
});
