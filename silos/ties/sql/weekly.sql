-- What two persons wrote to each other, or met, in each week: run after the steps of `ties.sql`, with its tables. It is
-- counted only for events and moves, which fall on any day; windows of the calendar are counted by `ties.sql` itself.

-- step: weekly (table)
-- One row per week, medium and pair a < b. Meetings and contacts count half either way.
select
    week, medium, a, b,
    sum(messages_a) as messages_a, sum(messages_b) as messages_b, sum(volume_a) as volume_a, sum(volume_b) as volume_b
from (
    select
        w.week, w.medium, w.a, w.b,
        case when w.by_a then w.counted else 0 end as messages_a, case when w.by_a then 0 else w.counted end as messages_b,
        case when w.by_a then w.volume else 0 end as volume_a, case when w.by_a then 0 else w.volume end as volume_b
    from windowed w
    where w.sent and w.week is not null
    union all
    select
        e.era + e.bit, e.medium, e.a, e.b, e.counted / 2, e.counted / 2,
        round(e.counted / e.people * 536870912) / 1073741824, round(e.counted / e.people * 536870912) / 1073741824
    from encounters e
    where e.era + e.bit > 0
) counted
group by week, medium, a, b
