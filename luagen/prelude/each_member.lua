-- Ranges of sorted sets for loops that are likely left early.

--- each_member(call, key, backwards, first, last): runs through the members between two edges, without any through all of them. The first
-- 8 are read at once, then 64, then the rest.
local function each_member(call, key, backwards, first, last)
  local piece, done, some, at = 8, 0, {}, 0
  return function()
    if at == #some and piece then
      local upto = piece > 0 and done + piece - 1 or -1
      if not first then
        some = backwards and call("ZRANGE", key, done, upto, "REV") or call("ZRANGE", key, done, upto)
      elseif backwards then
        some = call("ZRANGE", key, last, first, "BYLEX", "REV", "LIMIT", done, piece)
      else
        some = call("ZRANGE", key, first, last, "BYLEX", "LIMIT", done, piece)
      end
      done, at = done + #some, 0
      if #some < piece or piece < 0 then
        piece = nil
      else
        piece = piece == 8 and 64 or -1
      end
    end
    at = at + 1
    return some[at]
  end
end
