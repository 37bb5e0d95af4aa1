// A button behind each command, which copies it.

// Without the right to the clipboard, the command is at least selected.
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return "copied";
  } catch {
    getSelection().selectAllChildren(code);
    return document.execCommand("copy") ? "copied" : "press Ctrl+C";
  }
}

export function addCopyButtons() {
  for (const code of document.querySelectorAll(".commands code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      button.textContent = await copy(code);
    });
    button.addEventListener("blur", () => { button.textContent = "copy"; });
    code.after(button);
  }
}
