-- When each person writes: by hour of the day, on working days and at weekends, and by minute of the hour. Standard SQL, run
-- after the steps of `ties.sql` and `dialogue.sql`, with their tables and the function seconds(timestamp). A row of an event
-- that reached r people is 1/r of a message. Times are UTC, and the first of January 1970 was a Thursday.

-- step: timed (view)
-- Messages whose time of day is known. Ten thousand weeks later, so that no second is before 1970: times before the year 1800
-- are none.
select
    case when m.by_a then m.a else m.b end as sender, seconds(m.moment) + 6048000000 as second,
    round(m.weight / m.people * 1073741824) as share
from messages m
join clocked c on m.medium = c.medium
where m.sent and m.moment is not null

-- step: hours (table)
select sender, hour, weekend, sum(share) / 1073741824 as messages
from (
    select
        sender, share,
        floor(mod(second, 86400) / 3600) as hour,
        case when mod(floor(second / 86400) + 3, 7) >= 5 then 1 else 0 end as weekend
    from timed
) told
group by sender, hour, weekend

-- step: minutes (table)
select sender, minute, sum(share) / 1073741824 as messages
from (select sender, share, floor(mod(second, 3600) / 60) as minute from timed) told
group by sender, minute
