-- Case under the C collation: only A-Z and a-z have any.

--- lower(s): s with A-Z in lower case.
local function lower(s)
  if s:find("[\128-\255]") then -- string.lower may know more letters than ASCII's
    return (s:gsub("[A-Z]+", string.lower))
  end
  return s:lower()
end

--- upper(s): s with a-z in upper case.
local function upper(s)
  if s:find("[\128-\255]") then
    return (s:gsub("[a-z]+", string.upper))
  end
  return s:upper()
end

--- initcap(s): s with the first letter of each run of ASCII letters and digits in upper case, the others in lower case.
local function initcap(s)
  return (s:gsub("[A-Za-z0-9]+", function(word)
    return word:sub(1, 1):upper() .. word:sub(2):lower()
  end))
end
