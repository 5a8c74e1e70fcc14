-- Errors: how a script refuses, and how a refusal becomes a reply.

--- raise(sqlstate, message, fields): never returns; refuses with an error of docs/values.md.
-- fields is nil or a table of detail, constraint, table, column.
local function raise(sqlstate, message, fields)
  error({sqlstate = sqlstate, message = message, fields = fields}, 0)
end

--- error_value(s): a value as errors show it: null for nil, and cut where the 64th byte ends a character or stands in one.
local function error_value(s)
  if not s then
    return "null"
  elseif #s <= 64 then
    return s
  end
  local at = 64
  while at > 0 and s:byte(at + 1) >= 128 and s:byte(at + 1) < 192 do
    at = at - 1
  end
  return s:sub(1, at) .. "..."
end

--- error_escape(s): s with backslash, tab, CR and LF written \\ \t \r \n.
local function error_escape(s)
  if not s:find("[\\\t\r\n]") then
    return s
  end
  s = s:gsub("\\", "\\\\")
  s = s:gsub("\t", "\\t")
  s = s:gsub("\r", "\\r")
  return (s:gsub("\n", "\\n"))
end

--- refused(sqlstate, message, fields): the error reply for what raise would throw: PQ<SQLSTATE> message, then tab-separated fields.
-- A function returns it where nothing has to be taken back and no handler is around.
local function refused(sqlstate, message, fields)
  local text = "PQ" .. sqlstate .. " " .. error_escape(message)
  if fields then
    for _, name in ipairs({"detail", "constraint", "table", "column"}) do
      if fields[name] then
        text = text .. "\t" .. name .. "=" .. error_escape(fields[name])
      end
    end
  end
  return {err = text} -- not redis.error_reply: it would put "ERR " before the text in some versions
end

--- protect(fn, ...): what fn(...) returns, or the error reply for what it raised. Other errors pass through.
-- It is the entry of functions that write nothing before the last thing that can raise; see transact for the others.
local function protect(fn, ...)
  local ok, result = pcall(fn, ...)
  if ok then
    return result
  end
  if type(result) == "table" and result.sqlstate then
    return refused(result.sqlstate, result.message, result.fields)
  end
  error(result, 0)
end

--- problem_field(problem, name): what an error that was raised is about, "" where it has no such field.
local function problem_field(problem, name)
  return problem.fields and problem.fields[name] or ""
end

--- sqlstate_of(problem): the SQLSTATE of what raise threw. Other errors, which no handler is for, pass through.
local function sqlstate_of(problem)
  if type(problem) == "table" and problem.sqlstate then
    return problem.sqlstate
  end
  error(problem, 0)
end
