-- chainrule in Neovim 0.11 or newer. Put this folder on the runtimepath and call vim.lsp.enable("chainrule").

local CHECK = "chainrule.checkGradients"

--- Ask again for everything that a run of a loss changes; Neovim 0.11 does so only for inlay hints by itself.
---@param client vim.lsp.Client
---@param buffer integer
local function refresh(client, buffer)
  local document = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request("textDocument/diagnostic", document, nil, buffer)
  vim.lsp.codelens.refresh({ bufnr = buffer })
  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
end

--- Run a loss and show what was measured.
---@param command lsp.Command
---@param context { bufnr: integer, client_id: integer }
local function check_gradients(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local buffer = context.bufnr
  client:request("workspace/executeCommand", { command = CHECK, arguments = command.arguments }, function(failure)
    if failure then
      vim.notify("chainrule: " .. failure.message, vim.log.levels.ERROR)
    elseif vim.api.nvim_buf_is_valid(buffer) then
      refresh(client, buffer)
    end
  end, buffer)
end

--- Check the loss that the cursor is in: the last lens at or above its line.
---@param client vim.lsp.Client
---@param buffer integer
local function check_at_cursor(client, buffer)
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
      check_gradients(nearest.command, { bufnr = buffer, client_id = client.id })
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
    check_at_cursor(client, buffer)
  end, "Run the loss under the cursor and show its gradients")
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
        pcall(vim.api.nvim_buf_del_user_command, buffer, "ChainruleCheck")
        pcall(vim.api.nvim_buf_del_user_command, buffer, "ChainruleFixAll")
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
  commands = { [CHECK] = check_gradients },
  on_attach = on_attach,
}
