# Invisible characters, and characters that change how text is shown: names that identify resources cannot contain them,
# and scimctl does not print them to a terminal.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('text');
my %hidden = map { sprintf('U+%04X', ord) => $_ } "\t", "\n", "\r", "\e", "\x{7f}", "\x{80}", "\x{9b}", "\x{9f}", "\x{61c}", "\x{200b}", "\x{200e}",
    "\x{200f}", "\x{2028}", "\x{202a}", "\x{202e}", "\x{2060}", "\x{2066}", "\x{2069}", "\x{feff}";
my $user = $t->make(Users => userName => 'admin', externalId => 'x');
my $group = $t->make(Groups => displayName => 'Admins');
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
sub stored { sql("select md5(string_agg(r::text, '|' order by id)) from scim.resource r where tenant = '" . $t->tenant . "' and type in ('User', 'Group')") }
sub detail { qr/^\Q$_[0] holds the character $_[1], which nobody sees or which changes how text is shown: remove it from the value in the identity provider.\E$/ }
my $before = stored();

for my $code (sort keys %hidden) {
    my $name = "adm$hidden{$code}in";
    is_error($t->request(POST => '/Users', { schemas => [$USER], userName => $name }), 400, 'invalidValue', detail('userName', $code), "POST userName $code");
    is_error($t->request(PUT => "/Users/$user", { schemas => [$USER], userName => $name }), 400, 'invalidValue', detail('userName', $code), "PUT userName $code");
    for my $op ({ op => 'replace', path => 'userName', value => $name }, { op => 'Replace', path => "$USER:userName", value => $name },
        { op => 'add', value => { userName => $name } }) {
        is_error($t->patch("/Users/$user", [$op]), 400, 'invalidValue', detail($op->{path} // 'userName', $code), "PATCH userName $code");
    }
    is_error($t->patch("/Users/$user", [{ op => 'replace', path => 'externalId', value => $name }]), 400, 'invalidValue', detail('externalId', $code),
        "PATCH externalId $code");
    is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => $name }), 400, 'invalidValue', detail('displayName', $code),
        "POST a group's displayName $code");
    is_error($t->patch("/Groups/$group", [{ op => 'replace', path => 'displayName', value => $name }]), 400, 'invalidValue', detail('displayName', $code),
        "PATCH a group's displayName $code");
    my $bulk = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
        { method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => $name } },
        { method => 'PATCH', path => "/Groups/$group", data => { schemas => [$PATCH], Operations => [{ op => 'replace', value => { displayName => $name } }] } }] });
    is(join(' ', map { $_->{status} } @{ $bulk->{json}{Operations} }), '400 400', "Bulk $code");
    is($t->admin(POST => '/users', { userName => $name })->{status}, 400, "the admin API, userName $code");
    is($t->admin(POST => '/groups', { displayName => $name })->{status}, 400, "the admin API, displayName $code");
}
is(stored(), $before, 'nothing was stored');
is_problem($t->admin(POST => '/users', { userName => "adm\x{202e}in" }), 400, $ANY,
    { userName => 'holds the character U+202E, which nobody sees or which changes how text is shown; remove it.' }, 'the admin API tells why');

# Display names may have direction marks, and joiners are needed in some scripts and emoji.
my %right = (displayName => "\x{202b}\x{5d0}\x{5d1}\x{202c} \x{200f}X", title => "a\x{9b}b\e[2J", nickName => "\x{200b}");
my $shown = $t->request(POST => '/Users', { schemas => [$USER], userName => "\x{645}\x{6cc}\x{200c}\x{62e} \x{1f468}\x{200d}\x{1f469}", %right });
is($shown->{status}, 201, 'other attributes, and joiners in a userName') or diag $shown->{body};
is($t->row($shown->{json}{id})->{doc}{$_}, $right{$_}, "$_ is stored as it was sent") for qw(displayName title);

# On a terminal
my $id = $shown->{json}{id};
my $tenant = $t->tenant;
my $bad = qr/\e|\xc2[\x80-\x9f]|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]/;
for (['user', 'show', $id], ['user', 'list'], ['user', 'show', $id, '--json'], ['user', 'list', '--json'], ['audit', 'list'], ['audit', 'list', '--json']) {
    my $text = scimctl(@$_, '--tenant', $tenant);
    unlike($text, $bad, "scimctl @$_[0, 1]: no such character");
    like($text, qr/\\u202b.*\\u202c \\u200fX/, 'which is written as in JSON') if $_->[0] eq 'user';
    my $json = $_->[-1] eq '--json' ? unjson($text) : undef;
    is($json->{displayName}, $right{displayName}, 'and the JSON says the same') if ref $json eq 'HASH';
}
my ($text, $code) = run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(user show), "\xe2\x80\xae\e[2J", '--tenant', $tenant);
is($code, 1, 'an argument that holds them');
unlike($text, $bad, 'and the error that names it');

done_testing;
