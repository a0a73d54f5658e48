-- Who waited for whose answer, and who sent how much to how many: standard SQL, run after the steps of `ties.sql`, with its
-- tables and its function seconds(timestamp). $horizon and $messages are those of silos.ties.definitions.
--
-- Durations beyond 10,000 seconds are rounded to four digits.

-- step: patience (view)
-- Who has not answered within the horizon has not answered. Where more messages were sent than $messages, so many parts in
-- 2^31 - 1 of the waits are looked at: millions tell what there is to tell, and all of them would need memory that grows
-- with the log.
select
    $horizon as horizon,
    case when sum(sent) > $messages then floor(2147483647 * ${messages}.0 / sum(sent)) else 2147483647 end as parts
from held

-- step: outgoing (table)
-- Messages that each person sent, to few and to many: a row of an event that reached r people is 1/r of a message.
select
    sender,
    sum(case when few then share else 0 end) / 1073741824 as direct,
    sum(case when few then 0 else share end) / 1073741824 as broadcast
from (
    select
        case when m.by_a then m.a else m.b end as sender, m.people <= s.max_recipients as few,
        round(m.weight / m.people * 1073741824) as share
    from messages m
    cross join settings s
    where m.sent
) shared
group by sender

-- step: clocked (view)
-- Media whose messages know the time of day: where half of them and more fall on midnight, these are days. What is no
-- message (reviews, contacts, answers of a survey) is in settings.muted, between bars.
select n.code as medium, max(h.last_sent) as last
from held h
join media n on h.medium = n.medium
cross join settings s
where position('|' || n.medium || '|' in s.muted) = 0
group by n.code
having 2 * sum(h.midnight) < sum(case when h.week is not null then h.sent else 0 end)

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
        medium, a, b, sender, second,
        lag(sender) over (partition by medium, a, b order by second, sender) as previous
    from (
        select
            w.medium, w.a, w.b, case when w.by_a then w.a else w.b end as sender, seconds(w.moment) as second
        from windowed w
        join clocked c on w.medium = c.medium
        where w.sent and w.thread is null and w.moment is not null
    ) timed
) said
where previous is null or previous <> sender

-- step: waits (table)
-- One row a wait: sender, recipient, duration and whether it ended with an answer. Which waits are looked at hangs on who
-- and when, scrambled, and so on nothing that differs between engines.
select
    sender, recipient, answered, 1 as waits,
    cast(
        case
            when duration >= horizon - 50 then horizon
            when duration < 10000 then duration
            when duration < 100000 then 10 * floor((duration + 5) / 10.0)
            else 100 * floor((duration + 50) / 100.0)
        end as bigint
    ) as seconds
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
    where mod(48271 * mod(w.asked + 7919 * cast(w.a as bigint) + 104729 * cast(w.b as bigint), 2147483647), 2147483647)
        < p.parts
) lasted
