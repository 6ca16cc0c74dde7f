// Swagger UI in this page. Its files come first, so that SwaggerUIBundle is there.

const main = document.getElementById("swagger-ui");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

follow();
dark.addEventListener("change", follow);

for (const link of document.querySelectorAll("nav a")) {
  if (link.href === location.href.replace(/#.*/, "")) link.setAttribute("aria-current", "page");
}

SwaggerUIBundle({
  url: main.dataset.url,
  domNode: main,
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelExpandDepth: 2, // the fields too, with their descriptions
  validatorUrl: null, // the badge would ask another host
});
