# scimctl's text output of the audit log and activity: lists that fit a terminal of 100 columns, and entries and
# requests by id, with all their data and the references between them.
use strict;
use warnings;
use utf8;
use Encode 'decode_utf8';
use Test::More;
use ScimTest;

my $t = ScimTest->new('text')->unmasked;
my @tenant = ('--tenant', $t->tenant);
sub text { my $text = decode_utf8(scimctl(@_, @tenant)); return $text }
sub newest { my ($list, $query) = @_; my ($one) = @{ $t->admin(GET => "/$list?limit=1&$query")->{json}{items} }; return $one }
sub narrow {
    my ($name, @command) = @_;
    my $text = text(@command);
    is(join("\n", grep { length > 100 } split /\n/, $text), '', "$name: no line is longer than 100 columns");
    return $text;
}

my $long = 'anna.elisabeth.von-und-zu-lindqvist.the.third@department.of.long.names.example.com';
my $anna = $t->make(Users => userName => $long, displayName => 'Änna ' x 20, title => 'Chief', name => { familyName => 'Berg', givenName => 'Anna' });
my $kim = $t->make(Users => userName => 'kim');
my $team = $t->make(Groups => displayName => 'A group with a name that is rather long for the column of a table in a terminal');
is($t->patch("/Users/$anna", [{ op => 'replace', path => 'name.familyName', value => 'Alm' }, { op => 'remove', path => 'title' }, { op => 'add', path => 'nickName', value => "N\x{200b}" }])->{status}, 200, 'a change');
is($t->patch("/Groups/$team", [{ op => 'add', path => 'members', value => [{ value => $kim }, { value => $anna }] }])->{status}, 204, 'two join');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'lee', roles => [{ value => 'boss' }] })->{status}, 400, 'a refusal with a long reason');
ok(eventually(sub { newest('activity', 'status=400') }), 'is told');
scimctl(qw(tenant set), $t->tenant, '--guard-limit', 7);

# --- lists ---
like(narrow('audit', qw(audit list)), qr/^Entry +Time +Name +Action +Type +Object +Change\n/, 'columns of the audit log');
like(text(qw(audit list --limit 1)), qr/^\d+ +20\S+Z +\S+ +update +Tenant +\S+ +guardLimit: none -> 7\n/m, 'what has changed, in one line');
like(text(qw(audit list --action add-members)), qr/ add-members +Group +A gro.* +2: (kim|anna)/m, 'who joined');
like(narrow('activity', qw(activity list)), qr/^Id +Time +Method +Path +Status +Outcome +Reason +Object\n/, 'columns of activity');
like(text(qw(activity list)), qr/\x{2026}/, 'what is too long is cut');
narrow("@$_", @$_) for [qw(user list)], [qw(group list)], ['user', 'history', $long], [qw(role list)];
my $whole = text(qw(activity list --columns), 'reason,request,address,resource-id');
like($whole, qr/^Role not found: boss\. The roles here are: .* add the role here\. +[\w@-]{27} +127\.0\.0\.1 +-$/m, 'columns that are named are whole');

# --- single entries ---
my $change = newest('audit', 'action=update&objectType=User');
is(text(qw(audit show), $change->{id}), <<"END", 'an entry');
Entry      $change->{id}
Time       @{[ $change->{at} =~ s/\.\d+Z/Z/r ]}
By         token
Name       test
Key id     @{[ substr $t->{token}, 5, 10 ]}
Request    $change->{request}
Action     update
Type       User
Object id  $anna
Object     $long
Members    -
Change     name.familyName: "Berg" -> "Alm"
           nickName: none -> "N\\u200b"
           title: "Chief" -> none
END
my $joined = newest('audit', 'action=add-members');
like(text(qw(audit show), $joined->{id}), qr/^Members    2: (kim, \Q$long\E|\Q$long\E, kim)$/m, 'members by their names');
unlike(text(qw(audit show), $joined->{id}), qr/$kim/, 'and not by their ids');
my ($id) = text(qw(activity list --request), $change->{request}) =~ /^(\d{16})  /m;
ok($id, 'from an entry to its request');
my $request = text(qw(activity show), $id);
like($request, qr/^$_$/m, "of a request: $_") for 'Method +PATCH', "Path +/Users/$anna", 'Status +200', 'Outcome +done', 'Token +test', 'Address +127\.0\.0\.1', "Request +$change->{request}",
    'Type +User', "Resource +$anna", "Object +\Q$long\E", 'Leniencies +-', 'Dry run +no', 'Body +-', 'Microseconds +\d+', 'Key id +\w{10}', 'Kind +-';
like(text(qw(audit list --request), $change->{request}), qr/^$change->{id} +\S+ +test +update +User /m, 'and back');

# --- a dry run ---
scimctl(qw(tenant set --dry-run), $t->tenant);
is($t->patch("/Users/$kim", [{ op => 'add', path => 'title', value => 'Boss' }, { op => 'replace', path => 'active', value => \0 }])->{status}, 200, 'a dry run');
ok(eventually(sub { newest('activity', 'dryRun=true') }), 'is told');
like(text(qw(activity list --dry-run)), qr/ PATCH +\S+ +200 +dry run /, 'in the list');
like(text(qw(activity show), newest('activity', 'dryRun=true')->{id}), qr/^Changes +1: kim\n +update User kim\n +active: true -> false\n +title: none -> "Boss"$/m, 'with what would have changed');

# Each other list, with rows of long names.
scimctl(qw(tenant set --dry-run=false), $t->tenant);
my $name = 'A name that is rather long for the column of a table in a terminal';
is($t->admin(POST => $_->[0], $_->[1])->{status}, 201, "POST $_->[0]") for ['/tokens', { name => $name, description => $name, addresses => ['192.0.2.0/24', '2001:db8::/32'], rate => 100 }],
    ['/subscriptions', { name => $name, description => $name, seats => 1_000_000 }], ['/roles', { role => $name }], ['/flags', { flag => $name, description => $name }],
    ['/templates', { name => $name, subscriptions => [$name], condition => 'userName co "nobody in particular"' }], ['/grants', { user => $long, subscription => $name }],
    ['/mappings', { group => $team, subscription => $name }], ['/links', { user => $long, issuer => "https://$name.example/", subject => $name }];
scimctl(qw(template apply), $name, @tenant);
is($t->patch("/Groups/$team", [{ op => 'add', path => 'members', value => [map { { value => $t->make(Users => userName => "$_-$long") } } 1 .. 9] }])->{status}, 204, 'more join');
is($t->request(DELETE => "/Groups/$team")->{status}, 429, 'a request is held');
for (['hold list' => qr/^Id +Time +Token +Method +Path +Weight +People +State\n/], ['token list' => qr/^Key id +Name +Status +Expires +Last used +Quiet\n/],
    ['subscription list' => qr/^Subscri\S* +Descrip\S* +Seats +Automatic +Entitled +/], ['batch list' => qr/^Batch +Kind +Name +Begun +Undone/], ['template list'], ['flag list'], ['grant list'], ['mapping list'],
    ['link list'], ['duplicate list'], ['access list', undef, $name], ["user history $long"], ["group members $team"]) {
    my ($command, $heads, @more) = @$_;
    like(narrow($command, split(/ /, $command), @more), $heads // qr/./, "$command: its columns");
}
{
    # The list includes the tenants of other test files, which may have tens of thousands of users.
    for my $command ('activity list --q department.of.long', 'token list', 'hold list', 'subscription list', 'user list --q department.of.long') {
        my @lines = split /\n/, decode_utf8(scimctl(qw(--all-tenants), split / /, $command));
        ok(@lines > 1, "$command of all tenants");
        is(join("\n", grep { length > 100 } @lines), '', "$command of all tenants: no line is longer than 100 columns");
    }
}

done_testing;
