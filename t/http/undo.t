# Changes of many accounts are undone as a whole, except for accounts that others have changed since: an import, and
# switching provisioning off. What a mapping or the policy has given ends with them. An unlinked group is linked again.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('undo');
my $own = $t->tenant;

sub import_file { my ($file, %args) = @_; my $res = $t->admin(POST => '/imports', { file => $file, %args }); is($res->{json}{refused}, 0, 'an import') or diag $res->{body}; return $res->{json}{import} }
sub user { my $res = $t->admin(GET => "/users/$_[0]"); return $res->{status} == 200 ? $res->{json} : undef }
# USER what: reason, for each account of a batch.
sub accounts {
    my ($id) = @_;
    return [sort map { "$_->{userName} $_->{what}: " . ($_->{undone} ? 'undone' : $_->{left} // 'goes') =~ s/[;.].*//sr } @{ $t->admin(GET => "/batches/$id/accounts")->{json}{items} }];
}
sub undo { my ($id, @more) = @_; return $t->admin(POST => "/batches/$id/undo", @more ? @more : {}) }
# Undoes a whole batch: an answer takes three seconds at most.
sub undo_all {
    my ($batch) = @_;
    my ($undone, $left, $next) = (0, 0);
    do {
        my $json = undo($batch, defined $next ? { after => $next } : {})->{json};
        ($undone, $left, $next) = ($undone + $json->{undone}, $left + $json->{left}, $json->{next});
    } while (defined $next);
    return [$undone, $left];
}
sub actions { return [map { "$_->{action} $_->{objectType}" } reverse @{ $t->admin(GET => "/audit?objectId=$_[0]")->{json}{items} }] }

$t->admin(POST => '/groups', { displayName => $_ }) for qw(Staff Board);
$t->admin(POST => '/flags', { flag => 'ai' });
$t->admin(POST => '/users', { userName => 'old', phone => '1', flags => ['ai'] });
$t->admin(POST => '/groups/Staff/members', { members => ['old'] });
my $old = user('old');

# --- an import -----------------------------------------------------------------------------------------------------------------

my $id = import_file("userName,phone,email,flags,groups\nann,1,,ai,Staff\nbob,,,,\ncho,,,,\ndan,,,,\neve,,,,\nfay,,,,\ngil,,,,\nold,2,old\@x.example,none,\"Staff,Board\"\n",
    existing => 'change', name => 'staff.csv');
my $shown = $t->admin(GET => "/batches/$id");
is_admin($shown, 200, { id => $id, kind => 'import', name => 'staff.csv', actor => 'admin', begun => $TIME, latest => $TIME, made => 7, changed => 1, same => 0, kept => 0,
    refused => 0, undone => undef }, 'an import is a batch');
is_json([map { $_->{id} } @{ $t->admin(GET => '/batches')->{json}{items} }], [$id], 'listed');
is_json($t->admin(GET => '/batches?kind=deactivation')->{json}{items}, [], 'by its kind');
is_problem($t->admin(GET => "/batches/$old->{id}"), 404, qq(There is no batch "$old->{id}"; the list of batches shows their ids.), { batch => $ANY }, 'no such batch');
is_problem(undo('x'), 404, 'There is no batch "x"; the list of batches shows their ids.', { batch => $ANY }, 'to undo, neither');

# Changes since then.
$t->admin(PATCH => '/users/bob', { phone => '7' });
$t->admin(POST => '/users/cho/protect', { kind => 'break-glass' });
$t->admin(POST => '/links', { user => 'dan', issuer => 'https://idp.example/', subject => 's1' });
$t->admin(DELETE => '/users/eve');
scimctl(qw(tenant set), $own, qw(--local-match adopt));
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'fay' })->{status}, 201, 'the identity provider adopts one');
my $gil = user('gil')->{id};
$t->admin(DELETE => '/users/gil');
$t->admin(POST => "/users/$gil/erase", {});

is_json(accounts($id), ['ann made: goes', 'bob made: The account was changed since', 'cho made: The account is protected', 'dan made: The account was used for a login, or got a grant, since',
    'eve made: The account has been deleted since', 'fay made: The identity provider manages the account now', 'old changed: goes'], 'each account tells whether it would go, and why not; one that was erased is nowhere');
is(user('ann')->{phone}, '1', 'which does nothing');
like($t->admin(GET => "/batches/$id/accounts", undef, Accept => 'text/csv')->{body}, qr/^user,userName,line,what,undone,left\r\n/, 'as CSV');
my $page = $t->admin(GET => "/batches/$id/accounts?limit=3")->{json};
is(scalar @{ $t->admin(GET => "/batches/$id/accounts?limit=10&after=$page->{next}")->{json}{items} }, 4, 'page by page');

is_admin(undo($id), 200, { batch => $id, undone => 2, left => 5, next => undef }, 'undo');
is_json([user('ann')->{state}, user('bob')->{state}, user('cho')->{state}, user('dan')->{state}, user('fay')->{source}], [qw(deleted active active active scim)], 'who was made and nobody has changed is gone');
my $back = user('old');
is_json([@$back{qw(phone email flags)}, [map { $_->{displayName} } @{ $back->{groups} }]], ['1', undef, ['ai'], ['Staff']], 'who was changed is as before');
is(sql("select count(*) from scim.membership m join scim.resource r on r.tenant = m.tenant and r.id = m.member_id where m.tenant = '$own' and r.deleted_at is not null"), 0, 'who is gone is in no group');
is_json(actions(user('ann')->{id}), ['create User', 'delete User'], 'the audit log tells of each');
is_json(actions($id), ['import Batch', 'undo Batch'], 'and of the batch');
like($t->admin(GET => "/batches/$id")->{json}{undone}, $TIME, 'which is undone');
is_admin(undo($id), 200, { batch => $id, undone => 0, left => 5, next => undef }, 'once more: nothing is left to undo');
is_json(actions($id), ['import Batch', 'undo Batch'], 'nor to tell');
is_problem($t->admin(POST => '/imports', { file => "userName\nx\n", import => $id }), 409, $ANY, { import => $ANY }, 'an import that was undone does not go on');
$t->admin(POST => '/users/cho/unprotect', {});
is_json([grep {/cho/} @{ accounts($id) }], ['cho made: goes'], 'what stood against it is gone');
is(undo($id)->{json}{undone}, 1, 'so that it can be undone later');
is($t->admin(POST => '/imports', { file => "userName\nann\n" })->{json}{made}, 1, 'the name is free for another import');

# Another tenant's batch does not exist.
my $other = ScimTest->new('undo-other');
is($other->admin(POST => "/batches/$id/undo", {})->{status}, 404, 'not for another tenant');
is($other->admin(GET => "/batches/$id/accounts")->{json}{items}[0], undef, 'nor shown');

# Many accounts, piece by piece.
$id = import_file(join("\n", 'userName', map {"many$_"} 1 .. 40));
for my $from (41, 81) { import_file(join("\n", map {"many$_"} $from .. $from + 39), import => $id, line => $from + 1, columns => 'userName') }
is_json(undo_all($id), [120, 0], 'an import of many');
is(sql("select count(*) from scim.resource where tenant = '$own' and doc ->> 'userName' like 'many%' and deleted_at is null"), 0, 'all are gone');

# --- switching provisioning off --------------------------------------------------------------------------------------------------

my $off = ScimTest->new('undo-off');
$off->make(Users => userName => $_) for qw(a b c);
$off->make(Users => userName => 'off', active => false);
$off->make(Users => userName => 'says', active => true, emails => [{ value => 'says@x.example' }]);
$off->make(Groups => displayName => 'G');
$off->make(Users => userName => 'main');
$off->admin(POST => '/users/main/protect', { kind => 'main-contact' });
is_admin($off->admin(GET => '/disable?accounts=deactivate'), 200, { users => 4, groups => 0, protected => 1, names => [qw(a b c says)] }, 'a preview of switching off');
is_admin($off->admin(GET => '/disable?accounts=local'), 200, { users => 5, groups => 1, protected => 1, names => [qw(a b c off says)] }, 'of making local');
is_admin($off->admin(GET => '/disable?accounts=keep'), 200, { users => 0, groups => 0, protected => 0, names => [] }, 'of neither');
# All except one account.
sub documents { return sql("select string_agg(doc::text, ' ' order by id) from scim.resource where tenant = '$off->{tenant}' and type = 'User' and doc ->> 'userName' <> '$_[0]'") }
sub active { return sql("select string_agg(doc ->> 'userName', ' ' order by id) from scim.resource where tenant = '$off->{tenant}' and type = 'User' and active") }
my $documents = documents('c');
is($off->admin(POST => '/disable', { accounts => 'deactivate' })->{status}, 200, 'switched off');
is(active(), 'main', 'all are deactivated');
my $on = $off->admin(POST => '/enable', {})->{json};
like($on->{warnings}[0], qr/^4 accounts were deactivated when provisioning was switched off on \d{4}-\d\d-\d\d, and stay so\. To bring them back: scimctl batch undo ([0-9a-f-]{36}) --tenant $off->{tenant}$/,
    'switching on offers to bring them back');
my ($batch) = map { $_->{id} } @{ $off->admin(GET => '/batches?kind=deactivation')->{json}{items} };
$off->request(PATCH => '/Users/' . sql("select id from scim.resource where tenant = '$off->{tenant}' and doc ->> 'userName' = 'c'"), { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'x' }] });
is_json([@{ $off->admin(POST => "/batches/$batch/undo", {})->{json} }{qw(undone left)}], [3, 1], 'which it does');
is(active(), 'a b says main', 'but for whom the identity provider has changed since, and who was inactive before');
is($off->request(GET => '/Users?filter=active%20eq%20false')->{json}{totalResults}, 2, 'as the identity provider sees');
is(documents('c'), $documents, 'each document is as it was');
is(sql("select count(*) from scim.audit where tenant = '$off->{tenant}' and action = 'update' and object_type = 'User' and after -> 'active' = 'true' and actor = 'admin'"), 3, 'the audit log tells of each');
is_json($off->admin(POST => '/enable', {})->{json}{warnings}, [], 'nothing is offered any more');

# --- a template for existing accounts ---------------------------------------------------------------------------------------------

{
    my $t = ScimTest->new('undo-template');
    my $own = $t->tenant;
    $t->admin(POST => '/groups', { displayName => 'Board' });
    $t->admin(POST => '/flags', { flag => $_ }) for qw(ai vip);
    $t->admin(POST => '/subscriptions', { name => 'Web' });
    my %id = map { $_ => $t->make(Users => userName => $_, title => $_ eq 'other' ? 'Boss' : 'Engineer') } qw(one two three other);
    $t->admin(PATCH => '/users/two', { role => 'read-only', flags => ['vip'] });
    $t->admin(POST => '/grants', { user => 'two', subscription => 'Web' });
    is($t->admin(POST => '/templates', { name => 'Engineers', condition => 'title eq "Engineer"', role => 'office-admin', flags => ['ai'], groups => ['Board'], subscriptions => ['Web'] })->{status}, 201, 'a template');
    my $has = sub {
        my $u = $t->admin(GET => "/users/$_[0]")->{json};
        return join ' ', $u->{ownRole} // '-', join(',', @{ $u->{flags} }), join(',', map { $_->{displayName} } @{ $u->{groups} }),
            join(',', map {"$_->{subscription}/$_->{source}"} @{ $t->admin(GET => "/grants?user=$_[0]")->{json}{items} });
    };
    my @before = map { $has->($_) } sort keys %id;
    my $log = sql("select count(*) from scim.audit where tenant = '$own'");
    my $all = { role => 'office-admin', flags => ['ai'], groups => ['Board'], subscriptions => ['Web'] };
    my @accounts = map { { id => $id{$_}, userName => $_, cause => undef, gets => $_ eq 'two' ? { flags => ['vip', 'ai'], groups => ['Board'] } : $all } } qw(one two three);
    is_admin($t->admin(POST => '/templates/Engineers/apply', { preview => true }), 200, { batch => undef, given => 3, same => 0, refused => 0, accounts => \@accounts, next => undef }, 'a preview tells who would get what');
    is_json([map { $has->($_) } sort keys %id], \@before, 'and gives nothing');
    is(sql("select count(*) from scim.audit where tenant = '$own'"), $log, 'nor tells the audit log');
    my $res = $t->admin(POST => '/templates/Engineers/apply', {});
    is_admin($res, 200, { batch => $ID, given => 3, same => 0, refused => 0, accounts => \@accounts, next => undef }, 'the template is applied');
    is_json([map { $has->($_) } qw(one two three other)], ['office-admin ai Board Web/template', 'read-only ai,vip Board Web/manual', 'office-admin ai Board Web/template', '-   '], 'each has what it gives');
    is_admin($t->admin(POST => '/templates/Engineers/apply', {}), 200, { batch => $ID, given => 0, same => 3, refused => 0, accounts => [], next => undef }, 'once more: nobody lacks anything');
    $t->admin(PATCH => '/users/three', { flags => [] });
    my $batch = $res->{json}{batch};
    is_json([@{ $t->admin(GET => "/batches/$batch")->{json} }{qw(kind name changed)}], ['template', 'Engineers', 3], 'it is a batch');
    is_json([@{ $t->admin(POST => "/batches/$batch/undo", {})->{json} }{qw(undone left)}], [2, 1], 'which is taken back');
    is_json([map { $has->($_) } qw(one two three)], ['-   ', 'read-only vip  Web/manual', 'office-admin  Board Web/template'], 'but for whom somebody has changed since');
    is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'withdraw'"), 1, 'the audit log tells of what was withdrawn');
    is_problem($t->admin(POST => '/templates/nothing/apply', {}), 404, $ANY, { template => $ANY }, 'no such template');
    is_problem($t->admin(POST => '/templates/Engineers/apply', { batch => $id{one} }), 404, $ANY, { batch => $ANY }, 'no such batch');
}

# If somebody has removed something by hand in between, undo removes the rest.
{
    my $t = ScimTest->new('undo-by-hand');
    $t->admin(POST => '/groups', { displayName => $_ }) for qw(Board Staff);
    $t->admin(POST => '/subscriptions', { name => $_ }) for qw(A B C);
    my %id = map { $_ => $t->make(Users => userName => $_, title => 'Engineer') } qw(ann bob cho);
    is($t->admin(POST => '/templates', { name => 'All', condition => 'title eq "Engineer"', groups => [qw(Board Staff)], subscriptions => [qw(A B C)] })->{status}, 201, 'a template of several');
    my $has = sub {
        return join ' ', (map { $_->{displayName} } @{ $t->admin(GET => "/users/$_[0]")->{json}{groups} }), map { $_->{subscription} } @{ $t->admin(GET => "/grants?user=$_[0]")->{json}{items} };
    };
    my $batch = $t->admin(POST => '/templates/All/apply', {})->{json}{batch};
    is_json([map { join ' ', sort split / /, $has->($_) } qw(ann bob cho)], [('A B Board C Staff') x 3], 'each has all');
    my ($grant) = grep { $_->{subscription} eq 'B' } @{ $t->admin(GET => '/grants?user=ann')->{json}{items} };
    is($t->admin(DELETE => "/grants/$grant->{id}")->{status}, 204, 'a grant is taken away by hand');
    is($t->admin(DELETE => '/groups/Board/members/bob')->{status}, 204, 'and a membership');
    is($t->admin(DELETE => "/grants/$_->{id}")->{status}, 204, 'and all that somebody was granted') for @{ $t->admin(GET => '/grants?user=cho')->{json}{items} };
    is($t->admin(DELETE => "/groups/$_/members/cho")->{status}, 204, "and $_") for qw(Board Staff);
    is_admin($t->admin(POST => "/batches/$batch/undo", {}), 200, { batch => $batch, undone => 3, left => 0, next => undef }, 'all are taken back');
    is_json([map { $has->($_) } qw(ann bob cho)], ['', '', ''], 'and nobody keeps any of it');

    # A member that somebody else has added again stays.
    $batch = $t->admin(POST => '/templates/All/apply', {})->{json}{batch};
    is($t->admin(DELETE => '/groups/Board/members/ann')->{status}, 204, 'taken out of a group');
    is($t->admin(POST => '/groups/Board/members', { members => ['ann'] })->{status}, 200, 'and put there again');
    is_admin($t->admin(POST => "/batches/$batch/undo", {}), 200, { batch => $batch, undone => 3, left => 0, next => undef }, 'undone');
    is_json([map { $has->($_) } qw(ann bob cho)], ['Board', '', ''], 'what somebody else has given stays');
    is($t->admin(DELETE => '/groups/Board/members/ann')->{status}, 204, 'until it is taken away');

    $t->admin(POST => '/users', { userName => 'dan' });
    my $import = $t->admin(POST => '/imports', { file => "userName,phone,groups\ndan,7,\"Board,Staff\"\n", existing => 'change' })->{json}{import};
    is($t->admin(DELETE => '/groups/Board/members/dan')->{status}, 204, 'a group that an import gave');
    is_admin($t->admin(POST => "/batches/$import/undo", {}), 200, { batch => $import, undone => 1, left => 0, next => undef }, 'likewise');
    is_json([$t->admin(GET => '/users/dan')->{json}{phone}, $has->('dan')], [undef, ''], 'with the values');
}

# All parts of the name are restored, because a change of names removes name.formatted.
{
    my $t = ScimTest->new('undo-names');
    my $own = $t->tenant;
    my $id = $t->make(Users => userName => 'ann', displayName => 'Annie', name => { formatted => 'Dr. Ann Lee', givenName => 'Ann', familyName => 'Lee' });
    my $plain = $t->make(Users => userName => 'bob');
    is($t->admin(POST => "/users/$_/convert", {})->{status}, 200, 'made local') for $id, $plain;
    my $doc = sub { return sql("select doc from scim.resource where tenant = '$own' and id = '$_[0]'") };
    my @before = map { $doc->($_) } $id, $plain;
    my $import = $t->admin(POST => '/imports', { file => "userName,givenName,familyName,displayName\nann,Anna,Lee,Anna Lee\nbob,Bob,,\n", existing => 'change' })->{json};
    is_json([map { [@$_{qw(outcome before)}] } @{ $import->{lines} }], [['changed', { givenName => 'Ann', displayName => 'Annie' }], ['changed', { givenName => undef }]], 'names change');
    unlike($doc->($id), qr/Dr/, 'and with them what they make together');
    is($t->admin(POST => "/batches/$import->{import}/undo", {})->{json}{undone}, 2, 'undone');
    is($doc->($id), $before[0], 'all of them are as before');
    is($doc->($plain), $before[1], 'and none where there was none');
    is_problem($t->admin(PATCH => '/users/ann', { was => {} }), 400, $ANY, { was => $ANY }, 'nobody else says what they were');
}

# Two lines of a piece about one account: by its userName and by its login.
{
    my $t = ScimTest->new('undo-logins');
    scimctl(qw(tenant set), $t->tenant, qw(--login-attribute email));
    $t->admin(POST => '/users', { userName => 'ann', email => 'ann@x.example', phone => '1' });
    my $res = $t->admin(POST => '/imports', { file => "userName,email,phone\nann,,2\nother,ANN\@x.example,3\nnew,new\@x.example,4\n", existing => 'change' });
    is_json([map { [@$_{qw(line outcome cause)}] } @{ $res->{json}{lines} }],
        [[2, 'changed', undef], [3, 'refused', 'Line 2 is about the same account; combine both in one line, and remove the other.'], [4, 'made', undef]], 'the second one is refused');
    is($t->admin(GET => '/users/ann')->{json}{phone}, '2', 'the first one holds');
}

# Applying continues only its own batch, and only until that is undone.
{
    my $t = ScimTest->new('undo-goes-on');
    $t->admin(POST => '/flags', { flag => $_ }) for qw(ai vip);
    $t->make(Users => userName => 'ann', title => 'Engineer');
    $t->admin(POST => '/templates', { name => $_->[0], condition => 'title eq "Engineer"', flags => [$_->[1]] }) for ['Engineers', 'ai'], ['Others', 'vip'];
    my $flags = sub { return $t->admin(GET => '/users/ann')->{json}{flags} };
    my $apply = sub { my ($name, %args) = @_; return $t->admin(POST => "/templates/$name/apply", \%args) };
    my $batch = $apply->('Engineers')->{json}{batch};
    is_admin($apply->('Engineers', batch => uc $batch), 200, { batch => $batch, given => 0, same => 1, refused => 0, accounts => [], next => undef }, 'it goes on');
    my $res = $apply->('Others', batch => $batch);
    is_problem($res, 409, 'This batch is of another template; leave it out to begin a new one.', { batch => $ANY }, 'not with that of another template');
    my $import = $t->admin(POST => '/imports', { file => "userName\nbob\n", name => 'Engineers' })->{json}{import};
    is_problem($apply->('Engineers', batch => $_), 404, 'There is no such batch; leave it out to begin a new one.', { batch => $ANY }, "nor with $_") for $import, 'x';
    is_json($flags->(), ['ai'], 'which gives nothing');
    is($t->admin(POST => "/batches/$batch/undo", {})->{json}{undone}, 1, 'it is taken back');
    for my $args ({ batch => $batch }, { batch => $batch, preview => true }) {
        is_problem($apply->('Engineers', %$args), 409, 'This batch was undone; leave it out to begin a new one.', { batch => $ANY }, 'and does not go on');
    }
    is_json([$flags->(), $t->admin(GET => "/batches/$batch")->{json}{changed}], [[], 1], 'nothing is given, nor counted');
    import_many($t, 60);
    $t->admin(POST => '/templates', { name => 'Many', condition => 'userName sw "many"', flags => ['vip'] });
    is_json([@{ $apply->('Many', preview => $_)->{json} }{qw(given same refused next)}], [60, 0, 0, undef], 'piece by piece' . ($_ ? ', in a preview' : '')) for true, false;
}
sub import_many {
    my ($t, $n) = @_;
    return is($t->admin(POST => '/imports', { file => join("\n", 'userName', map {"many$_"} 1 .. $n) })->{json}{made}, $n, 'many');
}

# What another administrator sets in between stays: a user is locked before it is read, and its groups before it.
{
    my $t = ScimTest->new('undo-meanwhile');
    my $own = $t->tenant;
    $t->admin(POST => '/flags', { flag => $_ }) for qw(ai vip old);
    my $group = $t->admin(POST => '/groups', { displayName => 'Board' })->{json}{id};
    my %id = map { $_ => $t->admin(POST => '/users', { userName => $_, flags => ['old'] })->{json}{id} } qw(ann bob);
    $t->admin(POST => '/templates', { name => 'A', condition => 'userName eq "ann"', flags => ['ai'], groups => ['Board'], role => 'office-admin' });
    # Another transaction makes the change while the request waits for the row.
    my $beside = sub {
        my ($text, $do) = @_;
        my $pid = open(my $out, '-|') // die "fork: $!";
        if (!$pid) {
            open STDERR, '>&', \*STDOUT or die;
            exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1 -c), "begin; set local scim.tenant = '$own'; set local scim.actor = 'x'; $text commit" or exit 127;
        }
        ok(eventually(sub { sql("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") > 0 }), 'another transaction has begun');
        my $res = $do->();
        local $/;
        return ($res, <$out> // '');
    };
    my $held = sub { return "select from scim.resource where tenant = '$own' and id = '$_[0]' for update; select pg_sleep(1);" };
    my $set = "update scim.resource set flags = '{vip}', role = 'read-only', version = version + 1 where tenant = '$own' and id =";
    my $is = sub { return [@{ $t->admin(GET => "/users/$_[0]")->{json} }{qw(ownRole flags)}] };
    my ($res, $text) = $beside->($held->($id{ann}) . "$set '$id{ann}';", sub { $t->admin(POST => '/templates/A/apply', {}) });
    is_json([$res->{json}{given}, $text =~ s/\s//gr, $is->('ann')], [1, '', ['read-only', ['ai', 'vip']]], 'a template gives what is lacking by then');
    ($res, $text) = $beside->($held->($id{bob}) . "$set '$id{bob}';", sub { $t->admin(POST => '/imports', { file => "userName,flags\nbob,ai\n", existing => 'change' }) });
    is_json([@{ $res->{json}{lines}[0] }{qw(outcome before)}, $text =~ s/\s//gr], ['changed', { flags => ['vip'] }, ''], 'an import tells what was there by then');
    is($t->admin(POST => "/batches/$res->{json}{import}/undo", {})->{json}{undone}, 1, 'undone');
    is_json($is->('bob'), ['read-only', ['vip']], 'and undo brings that back');

    # An account that is erased in between is reported, and the others are processed.
    my $gone = sub { my $id = $t->admin(POST => '/users', { userName => $_[0], flags => ['old'] })->{json}{id}; return $held->($id) . "delete from scim.lookup where tenant = '$own' and resource_id = '$id';
        delete from scim.resource where tenant = '$own' and id = '$id';" };
    ($res, $text) = $beside->($gone->('eve'), sub { $t->admin(POST => '/imports', { file => "userName,flags\neve,ai\nbob,vip\nfay,ai\n", existing => 'change' }) });
    is_json([[map { $_->{outcome} } @{ $res->{json}{lines} }], $text =~ s/\s//gr], [[qw(refused same made)], ''], 'an import');
    $t->admin(POST => '/templates', { name => 'G', condition => 'userName sw "g"', flags => ['ai'] });
    $t->admin(POST => '/users', { userName => 'g2', flags => ['old'] });
    sql("update scim.resource set flags = null where tenant = '$own' and user_name_key = 'g2'");
    my $erased = $gone->('g1');
    ($res, $text) = $beside->($erased, sub { $t->admin(POST => '/templates/G/apply', {}) });
    is_json([@{ $res->{json} }{qw(given refused)}, $text =~ s/\s//gr], [1, 1, ''], 'a template');

    # The locks have one order, so that there are no deadlocks.
    my $free = "select 'free' from scim.resource where tenant = '$own' and id = '$id{bob}' for update nowait;";
    $t->admin(PATCH => '/templates/A', { condition => 'userName eq "bob"' });
    ($res, $text) = $beside->($held->($group) . $free, sub { $t->admin(POST => '/templates/A/apply', {}) });
    is_json([$res->{json}{given}, $text =~ s/\s//gr], [1, 'free'], 'a template: groups before users');
    (my $undone, $text) = $beside->($held->($group) . $free, sub { $t->admin(POST => "/batches/$res->{json}{batch}/undo", {}) });
    is_json([$undone->{json}{undone}, $text =~ s/\s//gr], [1, 'free'], 'undo, too');
    ($res, $text) = $beside->($held->($group) . $free, sub { $t->admin(POST => '/imports', { file => "userName,phone,groups\nbob,3,Board\n", existing => 'change' }) });
    is_json([$res->{json}{changed}, $text =~ s/\s//gr], [1, 'free'], 'and an import');
    my $made = $t->admin(POST => '/imports', { file => "userName,groups\nhal,Board\n" })->{json};
    (my $other = $free) =~ s/\Q$id{bob}\E/$made->{lines}[0]{id}/;
    ($undone, $text) = $beside->($held->($group) . $other, sub { $t->admin(POST => "/batches/$made->{import}/undo", {}) });
    is_json([$undone->{json}{undone}, $text =~ s/\s//gr], [1, 'free'], 'and undo of accounts that an import has made');
    $res = $t->admin(POST => '/imports', { file => "userName,active,groups\nbob,,Board\ncho,maybe,Board\ndan,,nowhere\n", existing => 'change' });
    is_json([map { $_->{outcome} } @{ $res->{json}{lines} }], [qw(same refused refused)], 'with lines that are refused');
}

# --- mappings and policy -----------------------------------------------------------------------------------------------------------

$t->admin(POST => '/subscriptions', { name => 'Web' });
my $kim = $t->make(Users => userName => 'kim');
my $group = $t->make(Groups => displayName => 'Sales', members => [{ value => $kim }]);
$t->admin(PATCH => '', { syncPolicy => 'groups' });
my $mapping = $t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Web' })->{json}{id};
sub has { return join ' ', map { $_->{name} } grep { $_->{kind} eq 'subscription' } @{ $t->admin(GET => '/users/kim/access')->{json}{access} } }
is(has(), 'Web', 'a mapping grants');
is($t->admin(DELETE => "/mappings/$mapping")->{status}, 204, 'and takes all of it back');
is(has(), '', 'as one');
$t->admin(PATCH => '', { syncPolicy => 'all' });
$t->admin(PATCH => '/subscriptions/Web', { automatic => true });
is(has(), 'Web', 'so does the policy');
$t->admin(PATCH => '', { syncPolicy => 'manual' });
is(has(), '', 'and takes it back');

# --- groups ------------------------------------------------------------------------------------------------------------------------

my $version = $t->request(GET => "/Groups/$group")->{json};
is_problem($t->admin(POST => '/groups/Sales/link', {}), 409, 'The group "Sales" is managed by provisioning; there is nothing to link.', { group => $ANY }, 'a group of the identity provider');
is($t->admin(POST => '/groups/Sales/unlink', {})->{json}{source}, 'local', 'is unlinked');
is($t->request(GET => "/Groups/$group")->{status}, 404, 'and not seen');
is($t->admin(POST => '/groups/Sales/link', {})->{json}{source}, 'scim', 'and linked again');
my $again = $t->request(GET => "/Groups/$group")->{json};
is_json([@$again{qw(id displayName)}, $again->{members}[0]{value}], [$group, 'Sales', $kim], 'the same group, with its members');
is($t->request(GET => '/Groups?filter=displayName%20eq%20%22sales%22')->{json}{totalResults}, 1, 'which it finds');
is_json([grep {/link/} @{ actions($group) }], ['unlink Group', 'link Group'], 'the audit log has both');
like((map { $_->{text} } @{ $t->admin(GET => '/users/kim/history')->{json}{items} })[0], qr/^the group "Sales" was handed over to the identity provider$/, 'and the history of its members');
$t->admin(POST => '/groups', { displayName => 'Team', kind => 'profile' });
is_problem($t->admin(POST => '/groups/Team/link', {}), 409, qr/belongs to the application/, { group => $ANY }, 'a group of the application');
$t->admin(POST => '/templates', { name => 'All', groups => ['Board'] });
is_problem($t->admin(POST => '/groups/Board/link', {}), 409, qr/is in use: the template "All" gives it/, { group => $ANY }, 'a group that a template gives');
is_problem($t->admin(POST => '/groups/nobody/link', {}), 404, $ANY, { group => $ANY }, 'no such group');

done_testing;
