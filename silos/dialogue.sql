-- Who waited for whose answer, and who sent how much to how many: standard SQL, run after the steps of `ties.sql`, with its
-- tables and its function seconds(timestamp).
--
-- Every result is bounded by people and ties, not by the rows of the log: durations beyond 10,000 seconds are rounded to
-- four digits, and counted.

-- step: patience (view)
-- After so many seconds an answer is none: a week (silos.exchanges.HORIZON).
select 604800 as horizon

-- step: outgoing (table)
-- Messages that each person sent in each medium, to few and to many: a row of an event that reached r people is 1/r of a
-- message. And whether the medium knows the time of day: rows on midnight are days.
select
    m.medium, m.sender,
    sum(case when m.people <= s.max_recipients then round(m.weight / m.people * 1073741824) else 0 end) / 1073741824
        as direct,
    sum(case when m.people > s.max_recipients then round(m.weight / m.people * 1073741824) else 0 end) / 1073741824
        as broadcast,
    count(m.moment) as spoken,
    count(case when m.moment = date_trunc('day', m.moment) then 1 end) as midnight,
    max(m.moment) as last
from messages m
cross join settings s
where m.sent
group by m.medium, m.sender

-- step: clocked (view)
-- Media whose rows know the time of day: where half of them and more fall on midnight, these are days.
select medium, max(last) as last
from outgoing
group by medium
having 2 * sum(midnight) < sum(spoken)

-- step: talked (view)
-- Pairs who wrote, to be laid beside those who met.
select a, b from pairs group by a, b

-- step: openings (view)
-- In a thread: whoever of the two wrote to the other first waits, from then on, for the first that comes back.
select
    a, b,
    case when first_of_b is null or first_of_a < first_of_b then a else b end as sender,
    case when first_of_b is null or first_of_a < first_of_b then first_of_a else first_of_b end as asked,
    case when first_of_a < first_of_b then first_of_b when first_of_b < first_of_a then first_of_a end as answered
from (
    select t.a, t.b, seconds(t.first_of_a) as first_of_a, seconds(t.first_of_b) as first_of_b
    from conversations t
    join clocked c on t.medium = c.medium
) firsts
-- who asked and who answered in the same second, nobody knows
where (first_of_a is not null or first_of_b is not null)
    and (first_of_a is null or first_of_b is null or first_of_a <> first_of_b)

-- step: turns (view)
-- Outside of threads: messages of one of the two in a row are one turn, which waits for the next of the other.
select
    a, b, sender, second as asked,
    lead(second) over (partition by medium, a, b order by second, sender) as answered
from (
    select
        w.medium, w.a, w.b, w.sender, seconds(w.moment) as second,
        lag(w.sender) over (partition by w.medium, w.a, w.b order by seconds(w.moment), w.sender) as previous
    from windowed w
    join clocked c on w.medium = c.medium
    where w.sent and w.thread is null and w.moment is not null
) said
where previous is null or previous <> sender

-- step: waits (table)
-- One row a sender, a recipient, a duration and whether it ended with an answer: how often.
select sender, recipient, answered, cast(duration as bigint) as seconds, count(*) as waits
from (
    select
        sender, recipient, answered,
        case
            when duration >= horizon - 50 then horizon
            when duration < 10000 then duration
            when duration < 100000 then 10 * floor((duration + 5) / 10.0)
            else 100 * floor((duration + 50) / 100.0)
        end as duration
    from (
        select
            w.sender,
            case when w.sender = w.a then w.b else w.a end as recipient,
            case when w.answered - w.asked <= p.horizon then 1 else 0 end as answered,
            case
                when w.answered - w.asked <= p.horizon then w.answered - w.asked
                when e.last - w.asked < p.horizon then e.last - w.asked
                else p.horizon
            end as duration,
            p.horizon
        from (select * from openings union all select * from turns) w
        cross join patience p
        cross join (select max(seconds(last)) as last from clocked) e
    ) lasted
) rounded
group by sender, recipient, answered, cast(duration as bigint)
