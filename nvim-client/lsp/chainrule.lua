-- chainrule in Neovim 0.11 or newer. Put this folder on the runtimepath and call vim.lsp.enable("chainrule").

local CHECK = "chainrule.checkGradients"
local REPORT = "chainrule.report"
local WRITE_TEST = "chainrule.writeTest"

--- Ask again for everything that a run of a loss changes; Neovim 0.11 does so only for inlay hints by itself.
---@param client vim.lsp.Client
---@param buffer integer
local function refresh(client, buffer)
  local document = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request("textDocument/diagnostic", document, nil, buffer)
  vim.lsp.codelens.refresh({ bufnr = buffer })
  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
end

--- Have the server run a loss, and show what was measured.
---@param command lsp.Command
---@param client vim.lsp.Client
---@param buffer integer
---@param done? fun(result: any)
local function run(command, client, buffer, done)
  local asked = { command = command.command, arguments = command.arguments }
  client:request("workspace/executeCommand", asked, function(failure, result)
    if failure then
      vim.notify("chainrule: " .. failure.message, vim.log.levels.ERROR)
      return
    end
    if vim.api.nvim_buf_is_valid(buffer) then
      refresh(client, buffer)
    end
    if done and result and result ~= vim.NIL then
      done(result)
    end
  end, buffer)
end

---@param command lsp.Command
---@param context { bufnr: integer, client_id: integer }
local function run_from_list(command, context)
  run(command, assert(vim.lsp.get_client_by_id(context.client_id)), context.bufnr)
end

--- Open the page of all that was measured in the browser.
---@param result { html: string }
local function show_report(result)
  local page = vim.fn.tempname() .. ".html"
  vim.fn.writefile(vim.split(result.html, "\n"), page)
  vim.ui.open(page)
end

--- Run a command on the loss that the cursor is in: the last lens at or above its line.
---@param name string
---@param client vim.lsp.Client
---@param buffer integer
---@param done? fun(result: any)
local function run_at_cursor(name, client, buffer, done)
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local document = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request("textDocument/codeLens", document, function(failure, lenses)
    local nearest
    for _, lens in ipairs(not failure and lenses or {}) do
      local start = lens.range.start.line
      if lens.command.command == CHECK and start <= line and (not nearest or start > nearest.range.start.line) then
        nearest = lens
      end
    end
    if nearest then
      run({ title = name, command = name, arguments = nearest.command.arguments }, client, buffer, done)
    else
      vim.notify("chainrule: there is no loss at or above the cursor", vim.log.levels.WARN)
    end
  end, buffer)
end

local function fix_all()
  vim.lsp.buf.code_action({ context = { only = { "source.fixAll.chainrule" }, diagnostics = {} }, apply = true })
end

---@param client vim.lsp.Client
---@param buffer integer
local function on_attach(client, buffer)
  local function command(name, run, description)
    vim.api.nvim_buf_create_user_command(buffer, name, run, { desc = description })
  end
  command("ChainruleCheck", function()
    run_at_cursor(CHECK, client, buffer)
  end, "Run the loss under the cursor and show its gradients")
  command("ChainruleReport", function()
    run_at_cursor(REPORT, client, buffer, show_report)
  end, "Open all that was measured of the loss under the cursor in the browser")
  command("ChainruleFixAll", fix_all, "Apply every fix that keeps the loss's value")

  local group = vim.api.nvim_create_augroup("chainrule_" .. buffer, {})
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "TextChanged" }, {
    group = group,
    buffer = buffer,
    callback = function()
      vim.lsp.codelens.refresh({ bufnr = buffer })
    end,
  })
  vim.api.nvim_create_autocmd("LspDetach", {
    group = group,
    buffer = buffer,
    callback = function(event)
      if event.data.client_id == client.id then
        vim.api.nvim_del_augroup_by_id(group)
        for _, name in ipairs({ "ChainruleCheck", "ChainruleReport", "ChainruleFixAll" }) do
          pcall(vim.api.nvim_buf_del_user_command, buffer, name)
        end
      end
    end,
  })
  vim.lsp.codelens.refresh({ bufnr = buffer })
end

---@type vim.lsp.Config
return {
  cmd = { "chainrule", "server" },
  filetypes = { "python" },
  root_markers = { "chainrule.toml", "pyproject.toml", "setup.py", ".git" },
  -- false: losses are never run, whatever is asked.
  init_options = { trusted = true },
  settings = { chainrule = vim.empty_dict() },
  commands = { [CHECK] = run_from_list, [WRITE_TEST] = run_from_list },
  on_attach = on_attach,
}
