-- Ranges of sorted sets for loops that are likely left early.

--- each_member(call, key, backwards, first, last): runs through the members between two edges, without any through all of them. The first
-- 8 are read at once, then 64, then the rest.
local function each_member(call, key, backwards, first, last)
  local size, from, upto, count = 8, "0", "7", "8" -- numbers would be made strings
  local some, at = {}, 0
  return function()
    if at == #some and size then
      if not first then
        some = backwards and call("ZRANGE", key, from, upto, "REV") or call("ZRANGE", key, from, upto)
      elseif backwards then
        some = call("ZRANGE", key, last, first, "BYLEX", "REV", "LIMIT", from, count)
      else
        some = call("ZRANGE", key, first, last, "BYLEX", "LIMIT", from, count)
      end
      at = 0
      if #some < size then
        size = nil
      elseif size == 8 then
        size, from, upto, count = 64, 8, 71, 64
      else
        size, from, upto, count = math.huge, 72, -1, -1
      end
    end
    at = at + 1
    return some[at]
  end
end
