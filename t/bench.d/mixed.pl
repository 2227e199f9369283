# Sends mixed requests, a million by default, and shows the memory of httpd's largest child after each tenth; only
# t/bench --mixed calls it. Fails if the memory has grown by more than 5 % since the first tenth, in which each thread,
# connection and cache fills up.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Getopt::Long;
use Load;

my %o;
GetOptions(\%o, 'base=s', 'static=s', 'home=s', 'users=i', 'requests=i') or exit 2;
my $load  = Load->new(seconds => 10, map { $_ => $o{$_} } qw(base static home users));
my $p     = $load->{prefix};
my $tenth = $o{requests} / 10;
my $URN   = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

# Each request is one of these, by chance.
my $lua = <<"LUA";
local user = string.format('00000001-0000-7000-8000-%012d', i)
local group = string.format('$p/Groups/00000002-0000-7000-8000-%012d', i % 200 + 1)
local function patch(path, operation)
    return wrk.format('PATCH', path, headers, '{"schemas":["$URN"],"Operations":[' .. operation .. ']}')
end
local kinds = {
    function() return wrk.format('GET', '$p/Users/' .. user, headers) end,
    function() return wrk.format('GET', '$p/Users?filter=userName%20eq%20%22user' .. i .. '%40example.com%22', headers) end,
    function() return wrk.format('GET', '$p/Users?filter=title%20co%20%22' .. i .. '%22%20and%20userName%20eq%20%22user' .. i .. '%40example.com%22', headers) end,
    function() return wrk.format('GET', '$p/Users?count=20&startIndex=' .. i % 1000 + 1 .. '&attributes=userName,emails', headers) end,
    function() return wrk.format('GET', '$p/Users?count=20&cursor', headers) end,
    function() return wrk.format('GET', group, headers) end,
    function() return wrk.format('GET', '$p/Users/00000009-0000-7000-8000-000000000000', headers) end,
    function() return wrk.format('POST', '$p/Users', headers, '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user' .. i .. '\@example.com"}') end,
    function() return wrk.format('POST', '$p/Users', headers, '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":') end,
    function() return patch('$p/Users/' .. user, '{"op":"replace","path":"title","value":"Mixed ' .. n .. '"}') end,
    function() return patch(group, '{"op":"add","path":"members","value":[{"value":"' .. user .. '"}]}') end,
    function() return patch(group, '{"op":"remove","path":"members[value eq \\\\"' .. user .. '\\\\"]"}') end,
}
return kinds[math.random(#kinds)]()
LUA

my ($sent, @memory) = (0);
$| = 1;
while ($sent < $o{requests}) {
    my $next = @memory * $tenth + $tenth;
    while ($sent < $next) {
        my $made = $load->wrk_script($o{base}, $lua, 8);
        $sent += $made->{made}{httpd};
    }
    push @memory, $load->memory;
    printf "%9d requests: %d KiB, without files and shared memory %d KiB\n", $sent, $memory[-1], $load->memory('RssAnon');
}
my $grown = $memory[-1] / $memory[0] - 1;
printf "grown by %.1f %% since the first tenth\n", 100 * $grown;
exit($grown > 0.05);
