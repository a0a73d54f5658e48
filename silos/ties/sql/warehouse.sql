-- What `ties.sql` starts from and ends in, in a warehouse: standard SQL that `silos sql` puts before and behind its steps.
--
-- Given: staff_given (person, unit, kind), aliases_given (alias, person), limits (since, until, max_recipients,
-- small_meeting), interactions (canonical columns and `dated`); fingerprint() as in ties.sql. Words with a $
-- are filled in by silos.ties.steps.

-- step: staff (table)
-- Persons by number: from 0 on who makes ties, below -1 who makes none, and why.
select
    person, kind, reason,
    case when reason is null then number - 1 else -1 - number end as code
from (
    select
        person, kind, reason,
        row_number() over (partition by case when reason is null then 1 else 0 end order by person) as number
    from (
        select
            trim(person) as person, lower(trim(kind)) as kind,
            case
                when lower(trim(kind)) in ($no_employee) then lower(trim(kind))
                when unit is null or trim(unit) = '' then 'no department'
            end as reason
        from staff_given
        where person is not null and trim(person) <> ''
    ) judged
) numbered

-- step: spelled (view)
-- Every id as it stands and in lower case; one that several people claim is nobody's.
select name, min(code) as code
from (
    select person as name, code from staff
    union all
    select lower(person), code from staff
    union all
    select trim(g.alias), s.code from aliases_given g join staff s on lower(trim(g.person)) = lower(s.person)
    union all
    select lower(trim(g.alias)), s.code from aliases_given g join staff s on lower(trim(g.person)) = lower(s.person)
) names
where name <> ''
group by name
having min(code) = max(code)

-- step: aliases (table)
-- A blank is nobody.
select fingerprint(name) as alias, code from spelled
union all
select fingerprint('') as alias, -1 as code

-- step: accounts (view)
select code, reason from staff where code < 0
union all
select -1 as code, 'no sender or recipient' as reason

-- step: spells (view)
-- The table of staff has one row a person: nobody changes department.
select code, since, until, since as undated, code as person from staff cross join limits where 1 = 0

-- step: settings (table)
-- With the domains of the people's own addresses, between blanks.
select
    l.since, l.until, l.max_recipients, l.small_meeting, '' as window_unit, '' as muted,
    cast($strangers as bigint) as strangers, cast($outsiders as bigint) as outsiders,
    coalesce(d.domains, '') as domains
from limits l
cross join (
    select '  ' || string_agg(domain, ' ') || ' ' as domains
    from (
        select distinct split_part(n.name, '@', 2) as domain
        from spelled n
        join staff s on n.code = s.code
        where position('@' in n.name) > 0 and n.name = lower(n.name) and (s.kind is null or s.kind <> 'external')
    ) own
) d
