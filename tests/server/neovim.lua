-- Drives chainrule in a real Neovim: nvim --clean --headless -l neovim.lua PLUGIN PYTHON FILE
-- Fails with a traceback and status 1 at the first thing that is not as it should be.
local plugin, python, file = arg[1], arg[2], arg[3]

local function eventually(what, holds)
  if not vim.wait(60000, holds, 10) then
    error("this did not happen: " .. what .. "\n" .. vim.inspect(vim.diagnostic.get(0)))
  end
end

local function equal(actual, expected, what)
  if not vim.deep_equal(actual, expected) then
    error(what .. ": " .. vim.inspect(actual) .. " instead of " .. vim.inspect(expected))
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function codes()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    found[#found + 1] = diagnostic.code .. " " .. diagnostic.lnum + 1 .. ":" .. diagnostic.col
  end
  table.sort(found)
  return found
end

local function lens_titles()
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    titles[#titles + 1] = lens.command.title
  end
  return titles
end

local said = {}
vim.notify = function(message)
  said[#said + 1] = message
end

vim.opt.runtimepath:append(plugin)
vim.cmd("filetype plugin on")
vim.lsp.config("chainrule", {
  cmd = { python, "-m", "chainrule_server" },
  settings = { chainrule = { probe = { python = python, timeout = 120 } } },
})
vim.lsp.enable("chainrule")
vim.cmd.edit(vim.fn.fnameescape(file))
eventually("the server is attached", function()
  return #vim.lsp.get_clients({ bufnr = 0, name = "chainrule" }) == 1
end)
local client = vim.lsp.get_clients({ bufnr = 0, name = "chainrule" })[1]

-- Diagnostics: each once, at its place. The emoji takes four bytes, and Neovim's columns are bytes.
eventually("diagnostics", function()
  return #vim.diagnostic.get(0) > 0
end)
equal(codes(), { "CR001 1:15", "CR104 7:11" }, "diagnostics")
equal(client.offset_encoding, "utf-8", "position encoding")

-- A code action, applied by the editor.
vim.api.nvim_win_set_cursor(0, { 1, 15 })
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return action.isPreferred
  end,
})
eventually("the fix is applied", function()
  return not text():find("chainrule: ignore", 1, true)
end)
equal(vim.api.nvim_buf_get_lines(0, 0, 1, false), { 'name = "😀"' }, "the first line")
eventually("the finding is gone", function()
  return vim.deep_equal(codes(), { "CR104 7:11" })
end)

local function act(title)
  vim.api.nvim_win_set_cursor(0, { 7, 20 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == title
    end,
  })
end

-- The hover says what the operator does.
local hover = client:request_sync("textDocument/hover", {
  textDocument = vim.lsp.util.make_text_document_params(0),
  position = { line = 6, character = 17 },
}, 60000, 0)
assert(hover and hover.result.contents.value:find("argmax", 1, true), vim.inspect(hover))

-- The lens runs the loss, and what was measured is shown.
eventually("a lens", function()
  return vim.deep_equal(lens_titles(), { "Check gradients" })
end)
if arg[4] == "probe" then
  vim.api.nvim_win_set_cursor(0, { 5, 0 })
  vim.lsp.codelens.run()
  eventually("the verdict in the lens", function()
    local title = lens_titles()[1] or ""
    return title:find("✗ scores", 1, true) ~= nil
  end)
  eventually("hints", function()
    return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0
  end)
  eventually("one diagnostic per break", function()
    return vim.deep_equal(codes(), { "CR104 7:11" })
  end)

  -- The report is a page for the browser.
  local opened
  vim.ui.open = function(path)
    opened = path
  end
  vim.cmd.ChainruleReport()
  eventually("the report", function()
    return opened ~= nil
  end)
  equal(vim.fn.readfile(opened)[1], "<!doctype html>", "the report")

  -- A gradient test is a new file, shown and not yet saved.
  act("Add a gradient test for rank_loss")
  local test = vim.fs.dirname(file) .. "/test_rank_loss_gradient.py"
  eventually("the test", function()
    return vim.api.nvim_buf_get_name(0) == test
  end)
  assert(text():find("def test_gradient_reaches_every_source_of_rank_loss", 1, true), text())
  vim.cmd("silent bwipeout!")
  vim.fn.delete(test)
  vim.cmd.buffer(vim.fn.bufnr(file))
end

-- A rule is ignored in the project: its file is edited, and saving it silences the rule.
act("Ignore CR104 in this project")
local project = vim.fs.dirname(file) .. "/pyproject.toml"
eventually("the project's file is edited", function()
  local buffer = vim.fn.bufnr(project)
  return buffer ~= -1 and vim.bo[buffer].modified
end)
vim.cmd("silent wall")
equal(vim.fn.readfile(project), { "[tool.chainrule]", 'ignore = ["CR104"]' }, "the project's file")
vim.fn.writefile({}, project)

-- An edit before the finding moves it.
vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# a new first line", "\f" })
eventually("the finding moves", function()
  return vim.deep_equal(codes(), { "CR104 9:11" })
end)

-- A loss that a loop computes becomes a function, and where code may run, the new function a test.
local last = vim.api.nvim_buf_line_count(0)
vim.api.nvim_buf_set_lines(0, last, last, false, {
  "for x, y in [(scores, scores.detach())]:",
  "    gap = 2 * x - y  # kept",
  "    loss = gap.square().mean()",
  "    loss.backward()",
})
vim.api.nvim_win_set_cursor(0, { last + 4, 4 })
local title = "Extract the loss into program_loss"
if arg[4] == "probe" then
  title = title .. ", and add a gradient test for it"
end
vim.lsp.buf.code_action({
  apply = true,
  context = { only = { "refactor.extract" }, diagnostics = {} },
  filter = function(action)
    return action.title == title
  end,
})
local code = vim.fn.bufnr(file)
local function extracted()
  return table.concat(vim.api.nvim_buf_get_lines(code, last, -1, false), "\n")
end
eventually("the loss is extracted", function()
  return extracted():find("    loss = program_loss(x, y)\n    loss.backward()", 1, true) ~= nil
end)
local body = "def program_loss(x, y):\n    gap = 2 * x - y  # kept\n    return gap.square().mean()\n\n\nfor x, y in"
assert(extracted():find(body, 1, true), extracted())
if arg[4] == "probe" then
  eventually("its test", function()
    return text():find("def test_gradient_reaches_every_source_of_program_loss", 1, true) ~= nil
  end)
end

equal(said, {}, "messages")
client:stop()
eventually("the server stops", function()
  return client:is_stopped()
end)
os.exit(0)
