-- Enums: ordinals and labels.

--- enum_in(ordinals, name, s): the ordinal of the label s of the enum with that name. Raises 22P02.
local function enum_in(ordinals, name, s)
  return ordinals[s] or raise("22P02", "invalid input value for enum " .. name .. ': "' .. s .. '"')
end
