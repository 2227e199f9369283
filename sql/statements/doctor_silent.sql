-- Doctor: tokens that were used repeatedly within two weeks, and have now been unused for twice as long as ever in
-- that time. Requests in the same minute count as one.
select s.tenant, s.name, (extract(epoch from now() - s.last)::integer / 3600)::text,
       case when s.usual < interval '2 hours' then extract(epoch from s.usual)::integer / 60 || ' minutes' else extract(epoch from s.usual)::integer / 3600 || ' hours' end
  from (select g.tenant, g.token, max(g.name) as name, max(g.at) as last, count(g.gap) as gaps, max(g.gap) as longest,
               percentile_disc(0.5) within group (order by g.gap) as usual
          from (select a.tenant, a.token, max(a.token_name) as name, a.minute as at,
                       a.minute - lag(a.minute) over (partition by a.tenant, a.token order by a.minute) as gap
                  from (select x.tenant, x.token, x.token_name, date_trunc('minute', x.at) as minute
                          from scim.activity x where x.at > now() - interval '15 days' and x.status <> 401) a
                 group by a.tenant, a.token, a.minute) g
         group by g.tenant, g.token) s
  join scim.token t on t.tenant = s.tenant and t.key_id = s.token and t.revoked is null and t.tenant_enabled and t.expires > now()
 where s.gaps >= 10 and now() - greatest(s.last, t.last_used) > greatest(2 * s.longest, interval '6 hours')
 order by s.last
