# A write that was answered 503 is never executed later: not when a network delivers its delayed bytes, and not when a
# hanging process of PostgreSQL continues. Each kind of write is first given up; then a newer write is acknowledged;
# then the bytes or the process are released. The virtual host held.test reaches PostgreSQL by a proxy of this test, and
# waits for one second.
use strict;
use warnings;
use MIME::Base64 'encode_base64';
use Test::More;
use Time::HiRes qw(time sleep);
use ScimProxy;
use ScimTest;

my $proxy = ScimProxy->new(5434);
my $t = ScimTest->new('late');
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $too_long = 'The request took longer than this server allows.';

# --- the kinds of writes ----------------------------------------------------------------------------------------------

my $number = 0;
sub user  { my $n = 'u' . ++$number; $t->make(Users => userName => $n, externalId => $n, @_) }
sub group { $t->make(Groups => displayName => 'g' . ++$number, @_) }
sub local_group {
    my $g = $t->admin(POST => '/groups', { displayName => 'l' . ++$number })->{json}{id};
    admin_done(200, POST => "/groups/$g/members", { members => [@_] }) if @_;
    return $g;
}
sub members { my ($op, $member) = @_; { op => $op, path => 'members', value => [{ value => $member }] } }
sub patch_body { { schemas => [$PATCH], Operations => [@_] } }
sub done { my ($status, @ask) = @_; my $res = $t->request(@ask); is($res->{status}, $status, "newer: $ask[0] $ask[1]") or diag $res->{body}; $res }
sub admin_done { my ($status, @ask) = @_; is($t->admin(@ask)->{status}, $status, "newer: $ask[0] $ask[1]") }
sub title { $t->row($_[0])->{doc}{title} }
sub bulk { { schemas => [$BULK], Operations => [@_] } }

# Each has: a name, the text whose bytes are delayed, the request, the newer writes, and the data that must stay stored.
my @kinds = (
    sub {
        ['POST of a user', 'late-post', [POST => '/Users', { schemas => [$USER], userName => 'late-post' }],
            sub { done(204, DELETE => '/Users/' . done(201, POST => '/Users', { schemas => [$USER], userName => 'late-post' })->{json}{id}) },
            sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' = 'late-post'
                and deleted_at is null") }, '0'];
    },
    sub {
        my $u = user();
        ['POST of a group with members', 'late-group', [POST => '/Groups', { schemas => [$GROUP], displayName => 'late-group',
            members => [{ value => $u }] }], sub { done(204, DELETE => "/Users/$u") },
            sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'displayName' = 'late-group'") }, '0'];
    },
    (map { my ($how, $first) = @$_; sub {
        my $u = user();
        ["PUT, $how", $first ? $u : "late-put-$how", [PUT => "/Users/$u", { schemas => [$USER], userName => "put$u", title => "late-put-$how" }],
            sub { done(200, PUT => "/Users/$u", { schemas => [$USER], userName => "put$u", title => 'new' }) }, sub { title($u) }, 'new'];
    }, sub {
        my $u = user(title => 'old');
        ["PATCH of attributes, $how", $first ? $u : "late-patch-$how",
            [PATCH => "/Users/$u", patch_body({ op => 'replace', path => 'title', value => "late-patch-$how" })],
            sub { done(200, PATCH => "/Users/$u", patch_body({ op => 'replace', path => 'title', value => 'new' })) }, sub { title($u) }, 'new'];
    } } ['held before it reads', 1], ['held before it writes', 0]),
    sub {
        my ($u, $g) = (user(), group());
        ['PATCH adds a member', $g, [PATCH => "/Groups/$g", patch_body(members(add => $u))],
            sub { done(204, PATCH => "/Groups/$g", patch_body(members($_ => $u))) for qw(add remove) },
            sub { $t->stored_members($g) }, []];
    },
    sub {
        my $u = user();
        my $g = group(members => [{ value => $u }]);
        ['PATCH removes a member', $g, [PATCH => "/Groups/$g", patch_body(members(remove => $u))],
            sub { done(204, PATCH => "/Groups/$g", patch_body(members($_ => $u))) for qw(remove add) },
            sub { $t->stored_members($g) }, [$u]];
    },
    sub {
        my ($u, $v) = (user(), user());
        my $g = group(members => [{ value => $u }]);
        ['PATCH replaces the members', $g, [PATCH => "/Groups/$g", patch_body(members(replace => $v))],
            sub { done(204, PATCH => "/Groups/$g", patch_body(members(replace => $u))) }, sub { $t->stored_members($g) }, [$u]];
    },
    sub {
        my ($u, $g) = (user(), group());
        ['PUT of a group', "late-put-$g", [PUT => "/Groups/$g", { schemas => [$GROUP], displayName => "late-put-$g", members => [{ value => $u }] }],
            sub { done(200, PUT => "/Groups/$g", { schemas => [$GROUP], displayName => "new-$g" }) }, sub { $t->stored_members($g) }, []];
    },
    sub {
        my $u = user();
        my $row = $t->row($u);
        ['DELETE of a user', $u, [DELETE => "/Users/$u"],
            sub { done(204, DELETE => "/Users/$u"); done(201, POST => '/Users', { schemas => [$USER], userName => $row->{doc}{userName}, externalId => $row->{external_id} }) },
            sub { $t->row($u)->{deleted} ? 'deleted' : 'there' }, 'there'];
    },
    sub {
        my $g = group();
        ['DELETE of a group', $g, [DELETE => "/Groups/$g"], sub { done(204, PATCH => "/Groups/$g", patch_body(members(add => user()))) },
            sub { $t->row($g)->{deleted} ? 'deleted' : 'there' }, 'there'];
    },
    sub {
        my ($u, $g) = (user(), group());
        ['Bulk without reading', $g, [POST => '/Bulk', bulk({ method => 'PATCH', path => "/Groups/$g", data => patch_body(members(add => $u)) })],
            sub { done(204, PATCH => "/Groups/$g", patch_body(members($_ => $u))) for qw(add remove) }, sub { $t->stored_members($g) }, []];
    },
    sub {
        my $u = user();
        ['Bulk that reads', 'late-bulk', [POST => '/Bulk', bulk({ method => 'PATCH', path => "/Users/$u",
            data => patch_body({ op => 'replace', path => 'title', value => 'late-bulk' }) })],
            sub { done(200, PATCH => "/Users/$u", patch_body({ op => 'replace', path => 'title', value => 'new' })) }, sub { title($u) }, 'new'];
    },
    sub {
        my ($u, $g) = (user(), local_group());
        ['an administrator adds a member', $g, [POST => "/groups/$g/members", { members => [$u] }, 1],
            sub { admin_done(200, POST => "/groups/$g/members", { members => [$u] }); admin_done(204, DELETE => "/groups/$g/members/$u") },
            sub { $t->stored_members($g) }, []];
    },
    sub {
        my $u = user();
        my $g = local_group($u);
        ['an administrator removes a member', $g, [DELETE => "/groups/$g/members/$u", undef, 1],
            sub { admin_done(204, DELETE => "/groups/$g/members/$u"); admin_done(200, POST => "/groups/$g/members", { members => [$u] }) },
            sub { $t->stored_members($g) }, [$u]];
    },
    sub {
        my $u = user();
        ['an administrator protects a user', $u, [POST => "/users/$u/protect", { kind => 'break-glass' }, 1],
            sub { admin_done(200, POST => "/users/$u/protect", { kind => 'break-glass' }); admin_done(200, POST => "/users/$u/unprotect", {}) },
            sub { sql("select protected is null from scim.resource where id = '$u'") }, 't'];
    },
    sub {
        ['an administrator makes a group', 'late-admin', [POST => '/groups', { displayName => 'late-admin' }, 1], sub {},
            sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'displayName' = 'late-admin'") }, '0'];
    },
    sub {
        ['an administrator makes a flag', 'lateflag', [POST => '/flags', { flag => 'lateflag' }, 1], sub {},
            sub { sql("select count(*) from scim.flag where tenant = '$t->{tenant}'") }, '0'];
    },
    sub {
        ['an administrator sets the tenant', 'lateName', [PATCH => '', { displayName => 'lateName' }, 1],
            sub { admin_done(200, PATCH => '', { displayName => 'new' }) }, sub { sql("select display_name from scim.tenant where tenant = '$t->{tenant}'") }, 'new'];
    },
);

sub bytes {
    my ($method, $path, $body, $admin) = @_;
    my $bytes = $t->raw_request($method, $path, $body) =~ s/^Host: .*?\r\n/Host: held.test\r\n/mr;
    return $bytes unless $admin;
    my $basic = encode_base64(administrator('admin') . ':secret', '');
    return $bytes =~ s{^\S+ \K\S+?(?=\Q$path\E HTTP)}{/admin/tenants/$t->{tenant}}r =~ s/^Authorization: .*?\r\n/Authorization: Basic $basic\r\n/mr
        =~ s{application/scim\+json}{application/json}r;
}

# Sends all at once; returns the answers, each with its duration in seconds.
sub together {
    my $start = time;
    my @sockets = map { my $s = connect_httpd(); print $s $_; $s } @_;
    return map { my $res = read_reply($_); $res->{seconds} = time - $start; $res } @sockets;
}

sub rows { sql("select count(*) from scim.$_[0] where tenant = '$t->{tenant}'") }

# --- delayed bytes ----------------------------------------------------------------------------------------------------

# As many at once as a child has threads, since one child may get all of them.
for (1 .. @kinds) {
    next if ($_ - 1) % 8;
    my @round = map { $_->() } @kinds[$_ - 1 .. ($_ + 6 < @kinds ? $_ + 6 : $#kinds)];
    $proxy->hold($_->[1]) for @round;
    my @answers = together(map { bytes(@{ $_->[2] }) } @round);
    for my $n (0 .. $#round) {
        my ($name, $marker, $request) = @{ $round[$n] };
        my $res = $answers[$n];
        is($res->{status}, 503, "$name: 503") or diag $res->{body};
        cmp_ok($res->{seconds}, '<', 3, "$name: in time");
        cmp_ok($res->{seconds}, '>', 0.85, "$name: not before its deadline");
        my $detail = $request->[3]
            ? qr/^The operation took longer than 1\.0 seconds, .* It is not known whether it was done, but it will not be done later; check before you try again\.$/
            : qr/^\Q$too_long\E(?:$| It is not known whether it was done, but it will not be done later\. Send it again\.$)/;
        like($res->{json}{detail} // '', $detail, "$name: says what is known");
        # If PostgreSQL waited for the second half, it has ended the connection, and it is known that nothing was done.
        is(($res->{json}{detail} // '') =~ /not known/ ? 1 : 0, $name =~ /before it writes|PUT of a group|that reads/ ? 0 : 1, "$name: or that it is not known");
    }
    # A new connection ends the process of its predecessor, so not all of them are left.
    cmp_ok($proxy->held, '>', 0, 'bytes are held');
    $_->[3]->() for @round;
    my @before = map { rows($_) } qw(audit membership resource);
    cmp_ok($proxy->release, '>', 0, 'they arrive');
    is_json($_->[4]->(), $_->[5], "$_->[0]: not done afterwards") for @round;
    is_json([map { rows($_) } qw(audit membership resource)], \@before, 'nothing else was done, and the audit log has no row of it');
}

# --- hanging processes ------------------------------------------------------------------------------------------------

my ($u, $g) = (user(), group());
my $add = bytes(PATCH => "/Groups/$g", patch_body(members(add => $u)));
sub backends { split /\n/, sql("select pid from pg_stat_activity where usename = 'scim_web'") }
sub stop_all { my @pids = backends(); kill STOP => @pids; return @pids }
together(map { bytes(GET => "/Groups/$g") } 1 .. 16);
my @stopped = stop_all();
cmp_ok(scalar @stopped, '>', 1, 'the processes of httpd\'s role are stopped');
my ($given_up, $res) = (0);
for (1 .. 20) {
    ($res) = together($add);
    last if $res->{status} != 503;
    $given_up++;
}
cmp_ok($given_up, '>', 0, 'a member is added: given up');
is($res->{status}, 204, 'until a new connection is made');
# The other requests use new connections, too.
my $removed;
for (1 .. 20) {
    ($removed) = together(bytes(PATCH => "/Groups/$g", patch_body(members(remove => $u))));
    last if $removed->{status} != 503;
}
is($removed->{status}, 204, 'the member is removed: acknowledged');
is_json($t->stored_members($g), [], 'no members');
my $audit = rows('audit');
kill CONT => @stopped;
my $list = join ',', @stopped;
ok(eventually(sub { sql("select count(*) from pg_stat_activity where pid in ($list) and state <> 'idle'") == 0 }), 'they go on');
sleep 0.3;
is_json($t->stored_members($g), [], 'and the member does not come back');
is(rows('audit'), $audit, 'nor is it in the audit log');

# --- deadlines do not disturb other requests --------------------------------------------------------------------------

# Many writes, reads between them, on the same connections.
my @ok = together(map { bytes(PATCH => "/Groups/$g", patch_body(members(($_ % 2 ? 'add' : 'remove') => $u))) } 1 .. 8);
is(scalar(grep { $_->{status} == 204 } @ok), 8, 'eight writes at once') or diag map { "$_->{status} $_->{body}\n" } @ok;

done_testing;
