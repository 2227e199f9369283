# A tenant's settings as a file: what export prints, which differences apply finds and what it changes; and that it
# changes everything or nothing.
use strict;
use warnings;

use FindBin ();
use Test::More;

use lib "$FindBin::Bin/../lib";
use ScimCluster;

start_cluster();
quietly("$bin/createdb", 'scim');
quietly(@scimctl, 'db', 'init');
quietly(@scimctl, @$_) for ['tenant', 'add', 'one'], ['tenant', 'add', 'two'];

my $json = JSON::PP->new->canonical->pretty;
my @schemas = ('--schema-dir', "$root/conf/schemas");
sub exported { my ($code, $out, $err) = run('export', '--tenant', $_[0]); is "$code$err", '0', "export of $_[0]"; return JSON::PP::decode_json($out) }
sub write_file { open my $file, '>', "$dir/file.json" or die; print $file ref $_[0] ? $json->encode($_[0]) : $_[0]; close $file or die; return "$dir/file.json" }
sub applied { my ($tenant, $file, $out, @more) = @_; my ($lines) = $out =~ tr/\n//; is_run(['apply', write_file($file), '--tenant', $tenant, @schemas, '--yes', @more], 0, $out, $lines ? "Done: $lines changes.\n" : "Nothing differs.\n", "apply to $tenant: $lines changes") }

my $new = exported('one');
is_deeply [map { scalar @{ $new->{$_} } } qw(flags roles subscriptions templates mappings tokens)], [(0) x 6], 'a new tenant has only settings';
is $new->{tenant}{profile}, 'lenient', 'these';
ok !exists $new->{tenant}{users}, 'and no counts';
applied('two', $new, '');

quietly(@scimctl, @$_, '--tenant', 'one') for [qw(flag add ai --description AI)], [qw(role add auditor --display-name Auditor)], [qw(subscription add Web --seats 3)],
    [qw(group add Local)], [qw(mapping add --group Local --subscription Web)], [qw(mapping add --group Local --role auditor)],
    [qw(template add New --role auditor --subscriptions Web --flags ai --condition), 'userName sw "a"', @schemas], [qw(token add --name idp --read-only --rate 5)];
quietly(@scimctl, qw(tenant set one --profile rfc --guard-limit 50 --activity-mask), "emails,title", qw(--display-name), 'Number One');
my $one = exported('one');
is_deeply $one->{subscriptions}, [{ name => 'Web', seats => 3, automatic => JSON::PP::false }], 'a subscription';
is_deeply $one->{mappings}, [{ group => 'Local', subscription => 'Web' }, { group => 'Local', role => 'auditor' }], 'mappings';
is_deeply $one->{templates}, [{ name => 'New', role => 'auditor', priority => 10, condition => 'userName sw "a"', groups => [], subscriptions => ['Web'], flags => ['ai'] }], 'a template'
    or diag explain $one->{templates};
is_deeply [map { $_->{role} } @{ $one->{roles} }], ['auditor'], 'no built-in role';
is $one->{tokens}[0]{name}, 'idp', 'a token';
unlike $json->encode($one), qr/scim_\w{20}|digest|secret/, 'without its secret';

# Differences are shown, and nothing is changed without confirmation.
quietly(@scimctl, qw(group add Local --tenant two));
my $lines = <<'END';
+ flag ai
+ role auditor
+ subscription Web
+ template New
+ mapping Local Web
+ mapping Local auditor
~ tenant two: displayName: null -> "Number One", profile: "lenient" -> "rfc", guardLimit: null -> 50, activityMask: ["personal"] -> ["emails","title"]
END
my $token = qq{The token idp is not there; scimctl token add makes one.\n};
is_run(['apply', write_file($one), '--tenant', 'two', @schemas], 1, $lines, "${token}scimctl: Nothing was changed; --yes makes the changes.\n", 'without --yes');
is_deeply exported('two')->{roles}, [], 'nothing was done';
is_run(['apply', write_file($one), '--tenant', 'two', @schemas, '--yes'], 0, $lines, "${token}Done: 7 changes.\n", 'with it');
my $two = exported('two');
is_deeply { %$two, tokens => 0 }, { %$one, tokens => 0 }, 'the other tenant is the same now';
is_run(['apply', write_file($one), '--tenant', 'two', @schemas], 0, '', "${token}Nothing differs.\n", 'again');
is sql("select count(distinct a.xid) || ' ' || count(*) from scim.audit a where a.tenant = 'two' and a.actor_kind = 'scimctl' and to_jsonb(a)::text ~ 'auditor|\"ai\"|Web'") =~ s/^1 (\d+)$/$1 > 3 ? 'one' : $1/er, 'one',
    'one transaction, and the audit log has each change';

# Changes of existing items
$two->{subscriptions}[0]{seats} = undef;
$two->{subscriptions}[0]{description} = 'The web';
$two->{flags}[0]{description} = 'Artificial';
applied('two', { map { $_ => $two->{$_} } qw(subscriptions flags) }, qq{~ flag ai: description: "AI" -> "Artificial"\n~ subscription Web: description: null -> "The web", seats: 3 -> null\n});
applied('one', { tokens => [{ %{ $one->{tokens}[0] }, rate => 50, readOnly => JSON::PP::false }] }, qq{~ token idp: readOnly: true -> false, rate: 5 -> 50\n});

# Items that the file lacks are removed only with --prune, and only in sections that the file has.
applied('two', { flags => [], mappings => [] }, '');
applied('two', { mappings => [$two->{mappings}[0]] }, "- mapping Local auditor\n", '--prune');
is_deeply exported('two')->{mappings}, [{ group => 'Local', subscription => 'Web' }], 'one is left';
applied('two', { mappings => [], templates => [], flags => [] }, "- mapping Local Web\n- template New\n- flag ai\n", '--prune');

# All or nothing
my $before = exported('two');
is_run(['apply', write_file({ flags => [{ flag => 'x' }], mappings => [{ group => 'Nobody', subscription => 'Web' }] }), '--tenant', 'two', @schemas, '--yes'], 1,
    "+ flag x\n+ mapping Nobody Web\n", qr/^scimctl: Nothing was changed, because of: \+ mapping Nobody Web\nscimctl: .*Nobody/, 'one change is refused');
is_deeply exported('two'), $before, 'none was made';
is_run(['apply', write_file({ flags => [{ flag => 'x', colour => 'red' }] }), '--tenant', 'two', @schemas, '--yes'], 2, "+ flag x\n", qr/^scimctl: flag x: .*colour/, 'an argument that is none');
is_run(['apply', write_file($_->[0]), '--tenant', 'two', @schemas], 2, '', $_->[1], "a wrong file: $_->[0]")
    for ['[]', qr/file\.json: .*expected an object/], ['{"x": []}', qr/"x" is not a section/], ['{"flags": {}}', qr/"flags" is not a section/], ['{"flags": [1]}', qr/must hold objects/], ['{', qr/file\.json: /];
is_run(['apply', "$dir/nosuch", '--tenant', 'two'], 2, '', qr/nosuch: No such file/);
is_run(['apply', '--tenant', 'two'], 2, '', qr/^scimctl: Missing arguments; usage: scimctl apply FILE/);
is_run(['apply', 'x'], 2, '', qr/needs --tenant TENANT/);
is_run(['export'], 2, '', qr/needs --tenant TENANT/);
is_run(['export', '--tenant', 'nobody'], 1, '', qr/There is no tenant "nobody"/);

done_testing;
