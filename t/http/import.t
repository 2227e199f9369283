# Import: accounts from CSV or JSON lines, with a preview, in pieces, with a report; and an export in the same format.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

our $t   = ScimTest->new('import');
our $own = $t->tenant;

# Sends a file unchanged; the arguments are in the query.
sub import_file {
    my ($file, $query, $type, %headers) = @_;
    utf8::encode($file) if utf8::is_utf8($file);
    return $t->admin(POST => '/imports' . ($query ? "?$query" : ''), $file, 'Content-Type' => $type // 'text/csv', %headers);
}
# Sends a whole file: each answer takes three seconds at most. Returns the last answer, with the sums of all.
sub whole_file {
    my ($to, $file, $type, @query) = @_;
    my @lines = split /^/, $file;
    my ($line, @place) = (1);
    my (%sum, $json);
    while (defined $line) {
        my $rest = join '', @lines[$line - 1 .. $#lines];
        $json = $to->admin(POST => '/imports?' . join('&', @query, @place), $rest, 'Content-Type' => $type)->{json};
        $sum{$_} += $json->{$_} for qw(made changed same kept refused);
        $line  = $json->{next};
        @place = map { "$_->[0]=" . uri_escape_utf8($_->[1]) } grep { defined $_->[1] } [line => $line], [import => $json->{import}], [columns => $json->{columns}];
    }
    return { %$json, %sum };
}
sub counts { my ($json) = @_; return join ' ', map {"$_ $json->{$_}"} grep { $json->{$_} } qw(made changed same kept refused) }
sub imports {
    my ($file, $query, $counts, $name, $type) = @_;
    my $res = import_file($file, $query, $type);
    is($res->{status}, 200, "$name: status") or diag $res->{body};
    is(counts($res->{json}), $counts, $name) or diag $res->{body};
    return $res->{json};
}
# The outcome of each line: LINE outcome userName; for a refused line column: cause.
sub told {
    my ($json) = @_;
    return [map { my $l = $_; join ' ', grep {defined} @$l{qw(line outcome userName)}, $l->{outcome} eq 'refused' ? (defined $l->{column} ? "$l->{column}:" : ()) . " $l->{cause}" : () } @{ $json->{lines} }];
}
sub user { return $t->admin(GET => "/users/$_[0]")->{json} }
sub users { return 0 + sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and deleted_at is null") }
sub audits { return 0 + sql("select count(*) from scim.audit where tenant = '$own'") }
sub refused_file {
    my ($file, $detail, $name, $query) = @_;
    my ($before, $log) = (users(), audits());
    is_problem(import_file($file, $query), 400, ref $detail ? $detail : "file: $detail", { file => $detail }, $name);
    is_json([users(), audits()], [$before, $log], "$name: nothing is changed");
}

for (qw(ai personal-data)) { is($t->admin(POST => '/flags', { flag => $_ })->{status}, 201, "flag $_") }
my %group = map { $_ => $t->admin(POST => '/groups', { displayName => $_ })->{json}{id} } qw(Staff Board);
my $idp = $t->make(Groups => displayName => 'Provisioned');

# --- a preview ---------------------------------------------------------------------------------------------------------------

my $csv = <<"END";
userName,givenName,familyName,email,phone,active,role,flags,groups
ann,Ann,Lee,ann\@x.example,'+1 555 1,TRUE,READ-only,"ai,personal-data",Staff
bob,Bob,"O""Neil, Jr.",bob\@x.example,,false,,,"[""Staff"",""Board""]"
cho,Chö,,nonsense,,,,,
ANN,,,,,,,,
dan,,,,,,boss,,
eve,,,,,,,nothing,
fay,,,,,,,,Nobody
gil,,,,,,,,Provisioned
,Nameless,,,,,,,
END
my @report = ('2 made ann', '3 made bob', '4 refused cho email: "nonsense" is no e-mail address; write one such as name@example.com.',
    '5 refused ANN userName: Line 2 is about the same account; combine both in one line, and remove the other.',
    '6 refused dan role: Role not found: boss', '7 refused eve flags: There is no flag "nothing"; make it first, or correct the name.',
    '8 refused fay groups: There is no group "Nobody"; make it first, or correct the name.',
    '9 refused gil groups: The group "Provisioned" is managed by provisioning; change it in your identity provider.',
    '10 refused userName: is missing; give its userName, unique without case.');
my $log  = audits();
my $json = imports($csv, 'preview=true', 'made 2 refused 7', 'a preview');
is_json(told($json), \@report, 'it tells each line');
is_json([@$json{qw(import next ignored)}, users(), audits()], [undef, undef, [], 0, $log], 'and does nothing');
is(sql("select count(*) from scim.batch where tenant = '$own'"), 0, 'not even an import');

# --- executing ---------------------------------------------------------------------------------------------------------------

$json = imports($csv, 'name=staff.csv', 'made 2 refused 7', 'an import');
is_json(told($json), \@report, 'does what the preview told');
like($json->{import}, $ID, 'it has an id');
my $ann = user('ann');
is_json([@$ann{qw(source displayName givenName familyName email phone active ownRole flags)}, [map { $_->{displayName} } @{ $ann->{groups} }]],
    ['local', 'Ann Lee', 'Ann', 'Lee', 'ann@x.example', '+1 555 1', true, 'read-only', ['ai', 'personal-data'], ['Staff']], 'an account with all that its line says');
is($json->{lines}[0]{id}, $ann->{id}, 'the report has its id');
my $bob = user('bob');
is_json([@$bob{qw(displayName active ownRole flags)}, [sort map { $_->{displayName} } @{ $bob->{groups} }]], ["Bob O\"Neil, Jr.", false, undef, [], ['Board', 'Staff']], 'and another one');
is_json($t->admin(GET => '/users?q=cho')->{json}{items}, [], 'a line that is refused changes nothing');
is_json([map { $_->{action} } @{ $t->admin(GET => "/audit?objectId=$ann->{id}")->{json}{items} }], ['create'], 'the audit log tells of each account');
is_json([@{ $t->admin(GET => "/audit?objectId=$json->{import}")->{json}{items}[0] }{qw(action objectType objectName actor after)}],
    ['import', 'Batch', 'staff.csv', 'admin', { existing => 'keep' }], 'and of the import');
my $first = $json->{import};

# --- repeating ---------------------------------------------------------------------------------------------------------------

$log  = audits();
$json = imports($csv, '', 'same 2 refused 7', 'the same file again');
is(audits() - $log, 1, 'changes nothing, and is told itself');
is(user('ann')->{lastModified}, $ann->{lastModified}, 'no account has changed');
$json = imports($csv, "import=$first", 'same 2 refused 7', 'the same piece of the same import again');

my $other = "username;E-mail;phone;groups\r\nAnn;ann\@y.example;;Board\r\nbob;;7;\r\n";
$json = imports($other, 'preview=true', 'kept 2', 'other values of accounts that are there: they stay');
is_json($json->{lines}[0], { line => 2, outcome => 'kept', userName => 'Ann', id => $ann->{id}, before => { email => 'ann@x.example' },
    after => { email => 'ann@y.example', groups => ['Board'] } }, 'and it is told in what they differ');
$json = imports($other, 'existing=change', 'changed 2', 'unless they are to be changed');
is_json([@{ user('ann') }{qw(userName email phone)}, scalar @{ user('ann')->{groups} }], ['ann', 'ann@y.example', '+1 555 1', 2], 'an empty cell says nothing');
is_json([@{ user('bob') }{qw(email phone)}], ['bob@x.example', '7'], 'nor does a column that is not there');
imports($other, 'existing=change', 'same 2', 'and again: nothing is left to change');

# --- provisioned accounts ----------------------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'kim', displayName => 'Kim');
$json = imports("userName,displayName,role,flags\nkim,Kim,office-admin,ai\n", 'existing=change', 'changed 1', 'a provisioned account gets role and flags');
is_json([@{ user('kim') }{qw(source ownRole flags)}], ['scim', 'office-admin', ['ai']], 'as an administrator sets them');
$json = imports("userName,displayName\nkim,Kimberley\n", 'existing=change', 'refused 1', 'and no name');
is_json(told($json), ['2 refused kim displayName: managed by provisioning; change it in your identity provider'], 'with the reason');

# --- JSON lines, and JSON -----------------------------------------------------------------------------------------------------

my $lines = qq({"userName":"ida","familyName":"Ö","flags":["ai"],"active":false,"phone":null}\n\n{"userName":"joe","active":"no"}\n[]\n{"userName":"jo","colour":"red"}\n);
$json = imports($lines, '', 'made 1 refused 3', 'JSON lines', 'application/jsonl');
is_json(told($json), ['1 made ida', '3 refused joe active: must be true or false.', $json->{lines}[2]{line} . ' refused ' . " $json->{lines}[2]{cause}",
    "5 refused colour: $json->{lines}[3]{cause}"], 'by their lines');
like($json->{lines}[2]{cause}, qr/^The line is not a JSON object: /, 'what is none');
is_json([@{ user('ida') }{qw(familyName flags active)}], ['Ö', ['ai'], false], 'types are those of JSON');
my $res = $t->admin(POST => '/imports', { file => "userName\nlea\n", preview => true });
is_json(told($res->{json}), ['2 made lea'], 'the file as a member of a JSON body');
is_problem($t->admin(POST => '/imports', {}), 400, $ANY, { file => 'is missing; give CSV whose first line names the columns, as `user export` writes it, or one JSON object per line; in UTF-8. It may be the body itself, with the other arguments in the query.' }, 'no file');
is_problem($t->admin(POST => '/imports', { file => 7 }), 400, $ANY, { file => 'must be the text of a file.' }, 'a number');
is_problem(import_file("userName\nx\n", 'existing=drop'), 400, $ANY, { existing => 'must be one of: keep|change.' }, 'a wrong argument');
is(import_file("userName\nx\n", '', 'text/plain')->{status}, 415, 'another type');
is_problem(import_file("userName\nx\n", "import=$ann->{id}"), 404, $ANY, { import => $ANY }, 'no such import');
is_problem(import_file("userName\nx\n", 'import=x'), 404, $ANY, { import => $ANY }, 'no id at all');
is(import_file("userName\nx\n", '', 'text/csv', Origin => 'http://elsewhere.example')->{status}, 403, 'not from a page of another site');

# --- wrong files ----------------------------------------------------------------------------------------------------------------

refused_file('', 'It is empty; its first line names the columns, or it has a JSON object in each line.', 'nothing');
refused_file("ann\@x.example,Ann\nbob,Bob\n", qr/There is no column "ann\@x.example"; the columns are userName, /, 'no header');
refused_file("email,phone\na,b\n", 'The first line must name the columns, and one of them must be userName.', 'no userName');
refused_file("userName,colour\na,b\n", qr/There is no column "colour"; .* Rename it, or take it out\.$/, 'an unknown column');
refused_file("\xff\xfeu\0s\0", qr/This is UTF-16/, 'UTF-16');
refused_file(('x' x 70000) . "\n", qr/The first line is longer than 65536 bytes/, 'a header without end');
refused_file("userName\n" . ("a\n" x 600000), 'has more than 1048576 bytes; send it in pieces, or use scimctl.', 'more than a MiB');
$json = imports("\xef\xbb\xbfuserName,givenName\r\nmia,M\xc3\xadA\r\nnoa,M\xedA\r\n\"oli\nx\",Oli\r\npia,\"unclosed\r\nrob,R,too many\r\n"
    . 'x' x 1_000_000 . "\r\nsam,S\r\n", '', 'made 2 refused 5', 'BOM, CRLF, and lines that cannot be read');
is_json(told($json), ['2 made mia', '3 refused  The line is not UTF-8: byte 6 is 0xED. Save the file as UTF-8.',
    "4 refused oli\nx userName: must be 1 to 400 bytes of text without control characters.",
    '6 refused  The line has a quote that is not closed within the maximum length of a line; close it, or double it.',
    '7 refused  The line has 3 cells, and the first line names 2 columns. Quote cells that have a separator in them.',
    '8 refused  The line is longer than 65536 bytes, the maximum for a line; shorten it.', '9 made sam'], 'by their lines')
    or diag explain told($json);
is($json->{columns}, 'userName,givenName', 'the first line, for a further piece');

# --- in pieces -----------------------------------------------------------------------------------------------------------------

my @many = map {"many$_,Many $_"} 1 .. 230;
my ($text, $line, $import, $columns, $pieces, %total) = (join("\n", 'userName,displayName', @many) . "\n", 1, undef, undef, 0);
while (defined $line) {
    my @rest = (split /^/, $text)[$line - 1 .. 300];
    my $piece = join '', grep {defined} @rest[0 .. 99];
    $piece = substr $piece, 0, length($piece) - 5;    # within a line
    my %args = (file => $piece, line => $line, more => true);
    %args = (%args, file => join('', grep {defined} @rest), more => false) if @rest && !defined $rest[100];
    $res = $t->admin(POST => '/imports', { %args, defined $import ? (import => $import, columns => $columns) : () });
    is($res->{status}, 200, "the piece from line $line on") or diag $res->{body};
    ($import, $columns, $line) = @{ $res->{json} }{qw(import columns next)};
    $total{made} += $res->{json}{made};
    last if ++$pieces > 20;
}
is_json(\%total, { made => 230 }, 'a file in pieces');
cmp_ok($pieces, '>', 2, 'several');
is(user('many230')->{displayName}, 'Many 230', 'to its end');
is_json($t->admin(POST => '/imports', { file => "many1,Other\n", line => 232, columns => $columns, import => $import, existing => 'change' })->{json}{lines}[0]{cause},
    'Line 2 is about the same account; combine both in one line, and remove the other.', 'a line about the same account in a later piece');
is_problem($t->admin(POST => '/imports', { file => 'userName,dis', more => true }), 400, $ANY, { file => 'The piece ends within the first line; send a longer one.' }, 'a piece that is too short');
is_problem($t->admin(POST => '/imports', { file => 'ann', more => true, line => 3, columns => 'userName' }), 400, $ANY, { file => 'The piece ends within its first line; send a longer one.' }, 'for a line, too');
is_json([sql("select concat_ws(' ', name, made, changed, same, kept, refused) from scim.batch where tenant = '$own' and id = '$import'")], ['imported accounts 230 0 0 0 1'], 'what it came to is kept');

# --- many groups ---------------------------------------------------------------------------------------------------------------

my %named = map { $_ => '"' . join(',', ('Staff') x $_) . '"' } 100, 200, 201;
$json = imports("userName,groups\nmem1,$named{100}\nmem2,$named{100}\nmem3,$named{200}\nmem4,$named{201}\nmem5,Staff\n", '', 'made 4 refused 1', 'lines that name many groups');
is((told($json))->[3], '5 refused mem4 groups: names 201 groups, and a line may name 200; put the others into a second file, and import that with existing=change, which adds them.',
    'up to 200 each');
is($json->{next}, undef, 'all lines are done');
is(sql("select count(distinct created) from scim.resource where tenant = '$own' and type = 'User' and doc->>'userName' like 'mem_'"), 3,
    'in a transaction for each 200');
$json = imports("userName,groups\nmem1,$group{Staff}\n", 'existing=change', 'same 1', 'a group by its id of which the account is a member');

# --- templates, logins, settings of the tenant -----------------------------------------------------------------------------------

{
    local $t = ScimTest->new('import-rules');
    local $own = $t->tenant;
    $t->admin(POST => '/groups', { displayName => 'Everybody' });
    is($t->admin(POST => '/templates', { name => 'All', groups => ['Everybody'], role => 'read-only' })->{status}, 201, 'a template');
    imports("userName,role\na,\nb,office-admin\n", '', 'made 2', 'accounts that are made get what templates have for them');
    is_json([map { [$_->{ownRole}, map { $_->{displayName} } @{ $_->{groups} }] } user('a'), user('b')], [['read-only', 'Everybody'], ['office-admin', 'Everybody']], 'and keep the role of their line');
    scimctl(qw(tenant set), $own, qw(--login-attribute email));
    imports("userName,email\nc,c\@x.example\n", '', 'made 1', 'people log in by e-mail');
    $json = imports("userName,email\nchris,C\@x.example\na,c\@X.example\n", 'existing=change', 'changed 1 refused 1', 'a line whose login an account has is about that account');
    is_json(told($json), ['2 changed chris', '3 refused a email: The e-mail address "c@X.example" is the login of "chris" already; choose another one.'], 'and no second one gets it');
    scimctl(qw(tenant set), $own, qw(--user-name-email));
    is_json(told(imports("userName\nd\n", '', 'refused 1', 'the tenant asks for addresses')), ['2 refused d userName: "d" is not an e-mail address, which this tenant requires.'], 'as for any account');
}

# --- export and back -------------------------------------------------------------------------------------------------------------

my $export = $t->admin(GET => '/user-export', undef, Accept => 'text/csv');
like($export->{body}, qr/^userName,givenName,familyName,displayName,email,phone,active,role,flags,groups,source\r\n"ann","Ann","Lee","Ann Lee","ann\@y.example","'\+1 555 1",true,"read-only","\[""ai"",""personal-data""\]","\[""Board"",""Staff""\]","local"\r\n/, 'an export');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/user-export?source=scim')->{json}{items} }], ['kim'], 'of provisioned accounts alone');
my $page = $t->admin(GET => '/user-export?limit=1')->{json};
is_json([$page->{items}[0]{userName}, $t->admin(GET => "/user-export?limit=1&after=$page->{next}")->{json}{items}[0]{userName}], ['ann', 'bob'], 'page by page');

my $copy = ScimTest->new('import-copy');
for (qw(ai personal-data)) { $copy->admin(POST => '/flags', { flag => $_ }) }
for (qw(Staff Board)) { $copy->admin(POST => '/groups', { displayName => $_ }) }
my $whole = $export->{body};
$json = whole_file($copy, $whole, 'text/csv');
is($json->{refused}, 0, 'another tenant reads it') or diag explain told($json);
is_json($json->{ignored}, ['source'], 'without what is of the first one alone');
my $again = $copy->admin(GET => '/user-export', undef, Accept => 'text/csv')->{body};
is($again, $whole =~ s/"scim"\r/"local"\r/r, 'and has the same accounts then');
is(whole_file($copy, $copy->admin(GET => '/user-export', undef, Accept => 'application/jsonl')->{body}, 'application/x-ndjson')->{same}, users(), 'JSON lines are read as well');
is(whole_file($copy, $copy->admin(GET => '/users', undef, Accept => 'text/csv')->{body}, 'text/csv', 'preview=true')->{same}, users(), 'and a list of users');

done_testing;
