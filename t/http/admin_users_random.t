# Random operations of administrators on users, in any order, at the same time as each other and a client: keys, look-up
# rows, the tally and the audit log match the documents, and nothing waits for ever.
use strict;
use warnings;
use utf8;
use Test::More;
use MIME::Base64;
use ScimTest;

my $t   = ScimTest->new('admin-users-random');
my $own = $t->tenant;
srand(my $seed = $ENV{SCIM_TEST_SEED} || 70);
note("seed $seed");
sub pick { return $_[rand @_] }

my @names  = ('Ann', 'ÅSA', "A\x{30a}sa", 'Straße', 'STRASSE', "\x{130}zmir", 'ben', 'Ben@X.example', 'zoe', 'Ωmega', '王', 'x y');
my @mails  = ('Ann@x.example', 'ann@X.example', "\x{c5}sa\@x.example", 'b@x.example', 'c@x.example');
my %values = (displayName => [undef, 'Ann Lee', 'ΣΊΣΥΦΟΣ'], givenName => [undef, 'Ann', 'Ǆ'], familyName => [undef, 'Lee', 'Weiß'], email => [undef, @mails],
    phone => [undef, '1', '2'], active => [\1, \0], role => [undef, 'user', 'READ-ONLY'], flags => [[], ['a'], ['B', 'a']]);
$t->admin(POST => '/flags', { flag => $_ }) for qw(a B);
$t->admin(POST => '/subscriptions', { name => 'Web', automatic => \1 });
$t->admin(PATCH => '', { syncPolicy => 'all', loginAttribute => 'email' });
my @groups = map { $t->admin(POST => '/groups', { displayName => "G$_" })->{json}{id} } 1 .. 3;
my @made;
for my $n (1 .. 6) {
    my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => "p$n", externalId => "e$n", emails => [{ value => "p$n\@x.example", type => 'work' }] });
    push @made, $res->{json}{id};
}
sub some { return map { $_ => pick(@{ $values{$_} }) } grep { rand() < .4 } sort keys %values }

# [method, path, body] of a random operation.
sub step {
    my $user = pick(@made);
    my $kind = int rand 20;
    return ['POST', '/users', { userName => pick(@names), some() }] if $kind < 4;
    return ['PATCH', "/users/$user", { (rand() < .3 ? (userName => pick(@names)) : ()), some() }] if $kind < 8;
    return ['DELETE', "/users/$user"] if $kind < 10;
    return ['POST', "/users/$user/restore", {}] if $kind < 12;
    return ['POST', "/users/$user/erase", {}] if $kind < 13;
    return ['POST', "/users/$user/convert", {}] if $kind < 14;
    return ['POST', "/users/$user/protect", { kind => pick(qw(main-contact break-glass)) }] if $kind < 15;
    return ['POST', "/users/$user/unprotect", {}] if $kind < 16;
    return ['POST', '/groups/' . pick(@groups) . '/members', { members => [$user, pick(@made)] }] if $kind < 18;
    return ['POST', '/grants', { user => $user, subscription => 'Web' }] if $kind < 19;
    my $name = sql("select doc ->> 'userName' from scim.resource where tenant = '$own' and id = '$user'");
    return ['POST', "/users/$user/merge", { into => pick(@made), confirm => length $name ? $name : 'x', (rand() < .5 ? (carry => [grep { rand() < .5 } qw(userName externalId source links)]) : ()) }];
}

# The data beside the documents follows from them.
sub agrees {
    my ($when) = @_;
    my @keys = qw(wire active external_id user_name_key display_name_key former_name_key login_key formatted_name_key family_name_key given_name_key);
    is(sql("select coalesce(string_agg(r.doc ->> 'userName', ','), '') from scim.resource r cross join lateral fixture.ruled(r, null) w
        where r.tenant = '$own' and r.type = 'User' and (" . join(', ', map {"r.$_"} @keys) . ') is distinct from (' . join(', ', map {"w.$_"} @keys) . ')'), '', "$when: keys");
    my ($has, $wanted) = ("select l.resource_id, l.attribute, l.key from scim.lookup l where l.tenant = '$own'",
        "select r.id, k.attribute, k.key from scim.resource r cross join lateral scim.lookup_keys(r.type, r.doc) k where r.tenant = '$own' and r.deleted_at is null");
    is(sql("select (select count(*) from ($has except $wanted) a) || ' ' || (select count(*) from ($wanted except $has) b)"), '0 0', "$when: look-up rows");
    is(sql("select coalesce(sum(n), 0) from scim.tally where tenant = '$own' and type = 'User'"),
        sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and wire"), "$when: the tally");
    is(sql("select count(*) from scim.membership m where m.tenant = '$own'
        and not exists (select from scim.resource r where r.tenant = '$own' and r.id = m.member_id and r.deleted_at is null)"), 0, "$when: nobody who is gone is a member");
    is(sql("select count(*) from scim.access_grant a where a.tenant = '$own' and a.source = 'protected'
        and not exists (select from scim.resource r where r.tenant = '$own' and r.id = a.user_id and r.protected is not null)"), 0, "$when: who is protected alone has kept something");
    # The audit log's changes, applied one after the other, give the document.
    my %doc;
    my $text = sql("select jsonb_agg(jsonb_build_array(object_id, action, before, after) order by id) from scim.audit where tenant = '$own' and object_type = 'User'
        and action in ('create', 'update', 'delete', 'restore', 'unlink', 'adopt', 'erase')");
    utf8::encode($text);
    for my $entry (@{ unjson($text) }) {
        my ($id, $action, $before, $after) = @$entry;
        $doc{$id} = {} if $action =~ /create|erase/;
        delete @{ $doc{$id} }{ keys %{ $before // {} } };
        $doc{$id} = { %{ $doc{$id} }, %{ $after // {} } };
    }
    $text = sql("select jsonb_object_agg(id, doc) from scim.resource where tenant = '$own' and type = 'User'");
    utf8::encode($text);
    my $stored = unjson($text);
    delete @{$_}{qw(role flags source protected)} for values %doc;
    is_json({ map { $_ => $doc{$_} } keys %$stored }, $stored, "$when: the audit log tells each document");
}

my %seen;
for my $n (1 .. 260) {
    my ($method, $path, $body) = @{ step() };
    my $res = $t->admin($method, $path, $body);
    $seen{ $res->{status} }++;
    push @made, $res->{json}{id} if $path eq '/users' && $res->{status} == 201;
    ok($res->{status} =~ /^(200|201|204|400|403|404|409)$/, "$method $path is done or refused") or diag $res->{status}, $res->{body};
}
cmp_ok($seen{$_} // 0, '>', 5, "some were answered $_") for 200, 201, 204, 403, 404, 409;
cmp_ok(sql("select count(*) from scim.audit where tenant = '$own' and action = '$_'"), '>', 0, "there was some $_") for qw(create update delete restore erase unlink merge grant);
agrees('one after the other');

# At the same time as each other, and as a client.
my $basic  = encode_base64('admin:secret', '');
my @answers;
for my $round (1 .. 12) {
    my @requests = map {
        my ($method, $path, $body) = @{ step() };
        my $text = defined $body ? json($body) : '';
        "$method /admin/tenants/$own$path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic $basic\r\nContent-Type: application/json\r\nContent-Length: "
            . length($text) . "\r\n\r\n$text";
    } 1 .. 8;
    push @requests, map { $t->raw_request(PATCH => "/Users/$_", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => "t$round" }] }) } @made[0 .. 1];
    push @answers, map { read_reply($_) } map { my $s = connect_httpd(); print $s $_; $s } @requests;
}
is_json([map { [@{$_}{qw(status body)}] } grep { $_->{status} !~ /^(200|201|204|400|403|404|409)$/ } @answers], [], 'each is done or refused');
agrees('beside each other');

done_testing;
