-- What the words in the text of dates and times mean.

--- month_words: months by name.
local month_words = {
  jan = 1, january = 1, feb = 2, february = 2, mar = 3, march = 3, apr = 4, april = 4, may = 5, jun = 6, june = 6, jul = 7, july = 7,
  aug = 8, august = 8, sep = 9, sept = 9, september = 9, oct = 10, october = 10, nov = 11, november = 11, dec = 12, december = 12,
}

--- datetime_words: what other words mean: a weekday, a half of the day, an era, a label of the next number, a fixed moment.
local datetime_words = {
  mon = "weekday", monday = "weekday", tue = "weekday", tues = "weekday", tuesday = "weekday", wed = "weekday", wednesday = "weekday",
  weds = "weekday", thu = "weekday", thur = "weekday", thurs = "weekday", thursday = "weekday", fri = "weekday", friday = "weekday",
  sat = "weekday", saturday = "weekday", sun = "weekday", sunday = "weekday",
  am = "half", pm = "half", ad = "era", bc = "era", at = "filler", on = "filler", dst = "dst", t = "clock",
  j = "julian", jd = "julian", julian = "julian",
  d = "label", h = "label", m = "label", mm = "label", s = "label", y = "label", dow = "label", doy = "label", isodow = "label",
  isoyear = "label",
  epoch = "moment", infinity = "moment", ["-infinity"] = "moment", allballs = "midnight",
  now = "relative", today = "relative", tomorrow = "relative", yesterday = "relative",
}

--- table_zones: zones that need a zone table, apart from those whose names have punctuation.
local table_zones = [[ acdt acsst acst act acwst adt aedt aesst aest aft akdt akst almst almt amst amt anast anat arst art ast awsst awst
azost azot azst azt bdst bdt bnt bort bot bra brst brt bst btt cadt cast cct cdt cest cet cetdst chadt chast chut ckt clst clt cot cst
cuba cxt davt ddut easst east eat edt eest eet eetdst egst egt egypt eire est factory fet fjst fjt fkst fkt fnst fnt galt gamt gb get
gest gft gilt gyt hkt hongkong hst iceland ict idt iot iran irkst irkt irt israel ist jamaica japan jayt jst kdt kgst kgt kost krast
krat kst kwajalein lhdt lhst libya ligt lint lkt localtime magst magt mart mawt mdt mest mesz met metdst mez mht mmt mpt msd msk mst
must mut mvt myt navajo ndt nft novst novt npt nst nut nz nzdt nzst nzt omsst omst pdt pet petst pett pgt pht pkst pkt pmdt pmst
poland pont portugal posixrules prc pst pwt pyst pyt ret roc rok sadt sast sct sgt singapore taht tft tjt tkt tmt tot trut turkey tvt
ulast ulat uyst uyt uzst uzt vet vlast vlat volt vut wadt wakt wast wat wdt wet wetdst wft wgst wgt xjt yakst yakt yapt yekst yekt ]]

--- zone_areas: what stands before the slash in the names of zones.
local zone_areas = {
  africa = true, america = true, antarctica = true, arctic = true, asia = true, atlantic = true, australia = true, brazil = true, canada = true,
  chile = true, etc = true, europe = true, indian = true, mexico = true, pacific = true, posix = true, right = true, systemv = true, us = true,
}
