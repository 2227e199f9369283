# Authentication: bearer tokens, tenants, and that strangers learn nothing.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('auth');
my $other = ScimTest->new('auth-other');
my $user = $t->make(Users => userName => 'u');

is($t->request(GET => '/Users')->{status}, 200, 'a good token');
is(substr($t->{token}, 0, 5), 'scim_', 'the token is recognisable');
is(length $t->{token}, 64, 'and has its length');
is(sql("select count(*) from scim.token x where x::text like '%" . substr($t->{token}, 15, 43) . "%'"), 0,
    'the secret is not stored');
is($t->request(GET => '/Users', undef, Authorization => "bearer $t->{token}")->{status}, 200,
    'the scheme is read without case');

# One changed character in each part: the checksum is wrong, or the token does not exist.
my %refused = (
    missing => undef, empty => '', 'scheme only' => 'Bearer', 'scheme and space' => 'Bearer ',
    basic => 'Basic dXNlcjpwYXNz', 'no scheme' => $t->{token}, short => 'Bearer scim_abc', other => 'Bearer abc.def.ghi',
    'with a tail' => "Bearer $t->{token}x", long => 'Bearer scim_' . 'a' x 4000, 'not ASCII' => "Bearer scim_\xe9",
    "another tenant's" => "Bearer $other->{token}", 'two' => "Bearer $t->{token}, Bearer $t->{token}",
);
for my $at (0, 6, 20, 40, 60) {
    my $wrong = $t->{token};
    substr $wrong, $at, 1, substr($wrong, $at, 1) eq 'A' ? 'B' : 'A';
    $refused{"changed at $at"} = "Bearer $wrong";
}
sub refused {
    my ($name, @headers) = @_;
    for my $ask ([GET => '/Users'], [GET => "/Users/$user"], [POST => '/Users', '{not json'],
        [PATCH => "/Users/$user", '{}'], [DELETE => "/Users/$user"], [GET => '/Nothing'], [PUT => '/Users', '{}'])
    {
        my $res = $t->request(@$ask[0, 1], $ask->[2], @headers);
        is_error($res, 401, undef, undef, "$name: $ask->[0] $ask->[1]");
        like($res->{headers}->header('WWW-Authenticate') // '', qr/^Bearer\b/, "$name: WWW-Authenticate");
    }
}
refused($_, Authorization => $refused{$_}) for 'missing', "another tenant's", 'changed at 40';
for my $name (sort keys %refused) {
    my $res = $t->request(GET => '/Users', undef, Authorization => $refused{$name});
    is_error($res, 401, undef, undef, $name);
    like($res->{headers}->header('WWW-Authenticate') // '', qr/^Bearer\b/, "$name: WWW-Authenticate");
    unlike($res->{body}, qr/scim_[0-9A-Za-z]{8}/, "$name: the answer does not repeat the token");
}

# A well-formed token that does not exist, and one of another tenant get the same answer.
my $ghost = $t->new_token('ghost');
sql("delete from scim.token where tenant = '$t->{tenant}' and name = 'ghost'");
my @told = map { $t->request(GET => '/Users', undef, Authorization => "Bearer $_")->{body} } $ghost, $other->{token};
is($told[0], $told[1], "another tenant's token is answered like one that does not exist");
refused('unknown', Authorization => "Bearer $ghost");

# If such a token is used again on a connection, the round trip that refuses it also ends its transaction.
my $again = sub { is_json([grep { $_ != 401 } map { $t->request(GET => "/Users/$user", undef, Authorization => "Bearer $ghost")->{status} } 1 .. $_[0]], [], "refused $_[0] times") };
$again->(20);
my $from = sql('select clock_timestamp()');
$again->(10);
is(sql("select count(*) filter (where query ~ '^rollback') || ' ' || (count(*) filter (where query ~ '^commit') > 0)
    from pg_stat_activity where usename = 'scim_web' and state_change > '$from'"), '0 true', 'without a ROLLBACK of its own');

# No search runs for a stranger: a search that would fail at the first resource is never executed.
my $prepared = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/statements.sql"; <> };
for my $name (qw(resource_list resource_list_groups resource_list_members resource_list_all)) {
    my ($text) = $prepared =~ /^(prepare \Q$name\E as\n.*?;)$/ms;
    ok($text =~ s{r\.wire and true\b}{r.wire and 1 / (r.version * 0) = 1}, "$name has a place for a filter");
    my @values = ("'$t->{tenant}'", "'nobody'", ("'\\x00'") x 2, 'null', "'f'", 'null', $name =~ /all/ ? "'{User}'" : "'User'", 10, 0);
    my ($n) = sort { $b <=> $a } $text =~ /\$(\d+)/g;
    push @values, "'{}'" while @values < $n;
    local $ENV{PGUSER} = 'scim_web';
    ok(!eval { sql("$text execute $name(" . join(', ', @values) . ')'); 1 }, "$name refuses a stranger");
    like($@, qr/no such token/, "$name searches nothing for one");
}

# Revocation and expiry have an effect at once; other tokens of the tenant still work.
my $second = $t->new_token('second');
is($t->request(GET => '/Users', undef, Authorization => "Bearer $second")->{status}, 200, 'a second token');
scimctl(qw(token revoke --tenant), $t->tenant, 'second');
refused('revoked', Authorization => "Bearer $second");
is($t->request(GET => '/Users')->{status}, 200, 'the first token goes on');
my $third = $t->new_token('third', '--expires', '1d');
is($t->request(GET => '/Users', undef, Authorization => "Bearer $third")->{status}, 200, 'a third token');
sql("update scim.token set created = now() - interval '2 days', expires = now() - interval '1 second'
    where tenant = '$t->{tenant}' and name = 'third'");
refused('expired', Authorization => "Bearer $third");

# A tenant that does not exist, and one that is switched off.
for my $tenant ('no-such-tenant', 'UPPER', 'a%20b', "a'b") {
    is_error($t->request(GET => '/Users', undef, ':base' => "/scim/v2/$tenant"), 401, undef, undef,
        "no tenant $tenant");
}
scimctl(qw(tenant disable --accounts keep), $t->tenant);
for my $ask ([GET => '/Users'], [POST => '/Users', { schemas => [$USER], userName => 'v' }], [POST => '/Users', '{'],
    [DELETE => "/Users/$user"], [GET => "/Users/none"])
{
    is_error($t->request(@$ask), 403, undef, qr/\w/, "switched off: $ask->[0] $ask->[1]");
}
is_error($t->request(GET => '/Users', undef, Authorization => undef), 401, undef, undef,
    'switched off, without a token');
my ($line) = log_lines('error_log', qr/\Q$t->{tenant}\E.*switched off/);
is(scalar(() = $line =~ /switched off/g), 1, 'the log says so once') or diag $line;
is($other->request(GET => '/Users')->{status}, 200, 'another tenant goes on');
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and type = 'User'"), 1, 'nothing was stored');
scimctl(qw(tenant enable), $t->tenant);
is($t->request(GET => "/Users/$user")->{status}, 200, 'switched on again');

# Logs have the tenant's and the token's name, but never the secret.
my $secret = substr $t->{token}, 15;
ok((log_lines('access_log', qr/^GET \S+ 200 tenant=\Q$t->{tenant}\E token=test /))[0],
    'the access log names tenant and token');
ok((log_lines('access_log', qr/^GET \S+ 401 tenant=\Q$t->{tenant}\E token=\S+ error="[^"]{2,}"/))[0],
    'the access log names the error');
ok((log_lines('error_log', qr/\[scim:\w+\].*\Q$t->{tenant}\E/))[0], 'the error log names the tenant');
is(scalar(log_lines('error_log', qr/\Q$secret/)), 0, 'the error log never holds the secret');
is(scalar(log_lines('access_log', qr/\Q$secret/)), 0, 'nor does the access log');

done_testing;
