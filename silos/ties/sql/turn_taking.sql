-- How two people take turns, whatever the log knows of threads: standard SQL, run after the steps of `dialogue.sql`, with
-- its tables and those of `ties.sql`, and the function seconds(timestamp).
--
-- Two messages of a pair belong together where no more than $turn_gap seconds lie between one and the next. A message after one of the other's within that time is an answer.

-- step: utterances (view)
-- What two people wrote to each other, in media whose messages know the time of day. `side` is 0 for a and 1 for b. Of a
-- very large log so many pairs are looked at as of its waits (`patience`), scrambled, and each of them with all it wrote.
select w.a, w.b, case when w.by_a then 0 else 1 end as side, seconds(w.moment) as second
from windowed w
join clocked c on w.medium = c.medium
cross join patience p
where w.sent and w.moment is not null
    and mod(48271 * mod(7919 * cast(w.a as bigint) + 104729 * cast(w.b as bigint), 2147483647), 2147483647) < p.parts

-- step: neighbours (view)
-- Each message beside the one before and the one after: whether it answers, is answered, opens a session.
select
    a, b, side, second,
    case when before_side <> side and second - before <= $turn_gap then 1 else 0 end as answers,
    case when after_side <> side and after - second <= $turn_gap then 1 else 0 end as answered,
    case when before is null or second - before > $turn_gap then 1 else 0 end as opens
from (
    select
        a, b, side, second,
        lag(second) over (partition by a, b order by second, side) as before,
        lag(side) over (partition by a, b order by second, side) as before_side,
        lead(second) over (partition by a, b order by second, side) as after,
        lead(side) over (partition by a, b order by second, side) as after_side
    from utterances
) beside

-- step: sessions (view)
-- A running sum of openings numbers the sessions of a pair.
select
    a, b, session,
    sum(answers) as answers, sum(answers * answered) as continued,
    min(case when side = 0 then second end) as first_of_a, min(case when side = 1 then second end) as first_of_b,
    max(case when side = 0 then second end) as last_of_a, max(case when side = 1 then second end) as last_of_b
from (
    select
        a, b, side, second, answers, answered,
        sum(opens) over (
            partition by a, b order by second nulls first, side nulls first rows unbounded preceding
        ) as session
    from neighbours
) numbered
group by a, b, session

-- step: turn_taking (table)
-- One row per pair: answers, those after which the other wrote again, sessions, and who of the two opened those with two
-- changes of speaker or more (A B A).
select
    a, b, sum(answers) as answers, sum(continued) as continued, count(*) as openings,
    sum(case when first_of_a <= first_of_b and first_of_b < last_of_a then 1 else 0 end) as sessions_a,
    sum(case when first_of_b < first_of_a and first_of_a < last_of_b then 1 else 0 end) as sessions_b
from sessions
group by a, b
